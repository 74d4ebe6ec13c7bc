/** What the build records for the AOT cache: a node's whole life on stores of its own, seen by one client. */
@NullMarked
package io.netsy.node.rehearsal;

import org.jspecify.annotations.NullMarked;
