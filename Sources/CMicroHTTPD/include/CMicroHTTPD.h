// What Swift cannot call in libmicrohttpd: its variadic functions, one function each.
// Names are CMicroHTTPD_<original>, so that one grep finds both sides.
#ifndef CMICROHTTPD_H
#define CMICROHTTPD_H

// For mallopt, which is not in Swift's Glibc.
#include <malloc.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What `CMicroHTTPD_start_daemon` hands to the variadic `MHD_start_daemon`.
struct CMicroHTTPD_Configuration {
    unsigned int connection_limit;
    size_t connection_memory_limit;
    MHD_LogCallback on_log;
    MHD_AccessHandlerCallback on_request;
    void *(*on_target)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_RequestCompletedCallback on_completion;
    MHD_NotifyConnectionCallback on_connection;
    void *context;
};

/// `MHD_start_daemon`, with an epoll thread, no socket to listen on, and connections that can be suspended. NULL when it fails.
struct MHD_Daemon *CMicroHTTPD_start_daemon(const struct CMicroHTTPD_Configuration *configuration);

/// poll(2)'s POLLRDHUP, which glibc shows to those alone who ask for GNU's own.
enum { CMicroHTTPD_POLLRDHUP = 0x2000 };

/// `MHD_get_connection_info(…, MHD_CONNECTION_INFO_CONNECTION_FD)`, or -1.
int CMicroHTTPD_connection_fd(struct MHD_Connection *connection);

/// `MHD_get_connection_info(…, MHD_CONNECTION_INFO_SOCKET_CONTEXT)`, or NULL.
void *CMicroHTTPD_connection_context(struct MHD_Connection *connection);

/// `MHD_get_connection_info(…, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)`, or 0.
size_t CMicroHTTPD_request_header_size(struct MHD_Connection *connection);

/// The fields of Linux's struct tcp_info that glibc's does not have, so that Swift cannot see them, and FIONREAD.
struct CMicroHTTPD_tcp_info {
    uint64_t bytes_acknowledged;
    /// The kernel counts the end of what a client sends as a byte.
    uint64_t bytes_received;
    uint64_t bytes_unread;
    bool is_all_acknowledged;
    uint32_t milliseconds_since_receipt;
};

/// `getsockopt(…, IPPROTO_TCP, TCP_INFO, …)` and `ioctl(…, FIONREAD, …)`; false when one fails.
bool CMicroHTTPD_getsockopt_tcp_info(int socket, struct CMicroHTTPD_tcp_info *info);

/// `MHD_get_connection_info(…, MHD_CONNECTION_INFO_HTTP_STATUS)`, or 0 where no response is queued.
unsigned int CMicroHTTPD_response_status(struct MHD_Connection *connection);

/// Has libmicrohttpd leave the request's cookies unparsed; to be called when the request line has come.
///
/// 0.9.75 copies the first Cookie field into the connection's memory, with a record of each cookie, whether anybody asks for them or
/// not, and refuses a request whose cookies do not fit there twice. With a field of ours before those of the client, it parses that.
void CMicroHTTPD_leave_cookies(struct MHD_Connection *connection);

/// True for the name of the field that `CMicroHTTPD_leave_cookies` has added.
bool CMicroHTTPD_is_own_field(const char *name);

/// True where this libmicrohttpd parses by RFC 9112 itself (from 1.0), so that the raw block need not be read again.
bool CMicroHTTPD_parses_strictly(void);

#endif
