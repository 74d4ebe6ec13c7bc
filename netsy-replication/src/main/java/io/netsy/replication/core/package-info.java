/** The protocol of the primary as pure step functions: events in, effects out, no threads, clocks or sockets. */
@NullMarked
package io.netsy.replication.core;

import org.jspecify.annotations.NullMarked;
