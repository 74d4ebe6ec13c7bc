/** Tests of the log's vocabulary. */
@NullMarked
package io.netsy.replication.model;

import org.jspecify.annotations.NullMarked;
