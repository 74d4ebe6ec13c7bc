/** The client listener: gRPC and HTTP/1.1 on one port, with or without TLS. */
@NullMarked
package io.netsy.etcd.server;

import org.jspecify.annotations.NullMarked;
