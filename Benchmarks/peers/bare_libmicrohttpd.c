// A server that is nothing but libmicrohttpd: GET gets a fixed answer, POST gets its own body back. Two epoll threads.
//
//     cc -O2 -o bare_libmicrohttpd bare_libmicrohttpd.c -lmicrohttpd && ./bare_libmicrohttpd PORT

#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct body {
    char *bytes;
    size_t count, room;
};

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_size, void **request) {
    (void)context, (void)url, (void)version;
    struct body *body = *request;
    if (!body) {
        *request = body = calloc(1, sizeof *body);
        if (!body) return MHD_NO;
        const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Content-Length");
        body->room = length ? strtoul(length, NULL, 10) : 0;
        body->bytes = malloc(body->room ? body->room : 1);
        return body->bytes ? MHD_YES : MHD_NO;
    }
    if (*upload_size) {
        if (body->count + *upload_size > body->room) return MHD_NO;
        memcpy(body->bytes + body->count, upload, *upload_size);
        body->count += *upload_size;
        *upload_size = 0;
        return MHD_YES;
    }
    static char fixed[] = "{\"status\":\"ok\"}";
    struct MHD_Response *response;
    if (strcmp(method, "POST")) {
        response = MHD_create_response_from_buffer(sizeof fixed - 1, fixed, MHD_RESPMEM_PERSISTENT);
    } else {
        response = MHD_create_response_from_buffer(body->count, body->bytes, MHD_RESPMEM_MUST_FREE);
        body->bytes = NULL;
    }
    MHD_add_response_header(response, "Content-Type", strcmp(method, "POST") ? "application/json" : "application/x-npy");
    const enum MHD_Result queued = MHD_queue_response(connection, MHD_HTTP_OK, response);
    MHD_destroy_response(response);
    return queued;
}

static void complete(void *context, struct MHD_Connection *connection, void **request,
                     enum MHD_RequestTerminationCode code) {
    (void)context, (void)connection, (void)code;
    struct body *body = *request;
    if (!body) return;
    free(body->bytes);
    free(body);
}

int main(int count, char **arguments) {
    if (count != 2) return fprintf(stderr, "usage: %s PORT\n", arguments[0]), 64;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)atoi(arguments[1]), NULL, NULL, answer, NULL, MHD_OPTION_THREAD_POOL_SIZE,
        2u, MHD_OPTION_NOTIFY_COMPLETED, complete, NULL, MHD_OPTION_END);
    if (!daemon) return 1;
    int signal;
    sigwait(&signals, &signal);
    MHD_stop_daemon(daemon);
    return 0;
}
