/** A node in memory for the tests of the services: the ports over maps, and services behind real gRPC stubs. */
@NullMarked
package io.netsy.etcd.testkit;

import org.jspecify.annotations.NullMarked;
