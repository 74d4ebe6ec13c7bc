/** The whole replicated state as one immutable value, and the pure function that carries it over one log entry. */
@NullMarked
package io.netsy.etcd.state;

import org.jspecify.annotations.NullMarked;
