#include "CMicroHTTPD.h"

// Not netinet/tcp.h: glibc's struct tcp_info ends before the fields that are wanted.
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

// Percent-decoding is left to the router: MHD's own cuts the target at %00 before anybody has seen it.
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

struct MHD_Daemon *CMicroHTTPD_start_daemon(const struct CMicroHTTPD_Configuration *configuration) {
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET |
            MHD_USE_ERROR_LOG,
        0, NULL, NULL, configuration->on_request, configuration->context,
        // First, as it is for the options after it, too.
        MHD_OPTION_EXTERNAL_LOGGER, configuration->on_log, configuration->context,
        MHD_OPTION_CONNECTION_LIMIT, configuration->connection_limit,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, configuration->connection_memory_limit,
        MHD_OPTION_URI_LOG_CALLBACK, configuration->on_target, configuration->context,
        MHD_OPTION_NOTIFY_COMPLETED, configuration->on_completion, configuration->context,
        MHD_OPTION_NOTIFY_CONNECTION, configuration->on_connection, configuration->context,
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
#if MHD_VERSION >= 0x01000000
        MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1,
#else
        // -1 is the one value at which 0.9.75 refuses a space before the colon: its sign is inverted there.
        MHD_OPTION_STRICT_FOR_CLIENT, -1,
#endif
        MHD_OPTION_END);
}

int CMicroHTTPD_connection_fd(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

void *CMicroHTTPD_connection_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

size_t CMicroHTTPD_request_header_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}

bool CMicroHTTPD_getsockopt_tcp_info(int socket, struct CMicroHTTPD_tcp_info *info) {
    struct tcp_info kernels;
    socklen_t length = sizeof kernels;
    memset(&kernels, 0, sizeof kernels);
    int unread = 0;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &kernels, &length) != 0) return false;
    if (ioctl(socket, FIONREAD, &unread) != 0) return false;
    info->bytes_acknowledged = kernels.tcpi_bytes_acked;
    info->bytes_received = kernels.tcpi_bytes_received;
    info->bytes_unread = (uint64_t)unread;
    info->is_all_acknowledged = kernels.tcpi_unacked == 0 && kernels.tcpi_notsent_bytes == 0;
    info->milliseconds_since_receipt = kernels.tcpi_last_data_recv;
    return true;
}

unsigned int CMicroHTTPD_response_status(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
    return info ? info->http_status : 0;
}

static const char own_field[] = "Cookie";

void CMicroHTTPD_leave_cookies(struct MHD_Connection *connection) {
#if MHD_VERSION < 0x01000000
    // Where there is no memory for it, libmicrohttpd finds none for the request, and says so.
    (void)MHD_set_connection_value_n(connection, MHD_HEADER_KIND, own_field, sizeof own_field - 1, "-", 1);
#else
    (void)connection;
#endif
}

bool CMicroHTTPD_is_own_field(const char *name) {
    return name == own_field;
}

bool CMicroHTTPD_parses_strictly(void) {
    return MHD_VERSION >= 0x01000000;
}
