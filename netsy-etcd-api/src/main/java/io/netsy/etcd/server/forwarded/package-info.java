/** The primary's end of the streams on which other nodes pass requests on. */
@NullMarked
package io.netsy.etcd.server.forwarded;

import org.jspecify.annotations.NullMarked;
