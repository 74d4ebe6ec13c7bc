/** Tests of the primary protocol. */
@NullMarked
package io.netsy.replication.core;

import org.jspecify.annotations.NullMarked;
