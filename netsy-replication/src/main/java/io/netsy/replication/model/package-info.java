/** The vocabulary of the log: keys, revisions, entries, positions. Pure values, no behaviour that waits. */
@NullMarked
package io.netsy.replication.model;

import org.jspecify.annotations.NullMarked;
