/** Replication of the log: one primary streams frames to its standbys, as PostgreSQL streams its WAL. */
@NullMarked
package io.netsy.replication;

import org.jspecify.annotations.NullMarked;
