/** HTTP/1.1 requests on the client port: routing, health, versions, metrics. */
@NullMarked
package io.netsy.etcd.server.web;

import org.jspecify.annotations.NullMarked;
