/** Certificates of a listener: reading, checking and replacing them while it runs. */
@NullMarked
package io.netsy.etcd.server.tls;

import org.jspecify.annotations.NullMarked;
