/** What the etcd services need from the node they run in: small interfaces, implemented by the node's wiring. */
@NullMarked
package io.netsy.etcd.port;

import org.jspecify.annotations.NullMarked;
