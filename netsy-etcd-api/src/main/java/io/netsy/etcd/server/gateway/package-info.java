/** The gRPC services as JSON over HTTP/1.1 and WebSockets. */
@NullMarked
package io.netsy.etcd.server.gateway;

import org.jspecify.annotations.NullMarked;
