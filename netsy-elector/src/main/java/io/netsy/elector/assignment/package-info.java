/**
 * Who holds the role of the elector, which is decided out of band: the port, and what its adapters have in common.
 *
 * <p><b>No safety rests on any of this.</b> That one process writes follows from the term register's compare-and-swap and
 * from the fence alone (design/PROTOCOL.md). Two electors at once cost a wasted election; no elector costs only that a
 * failed primary is not replaced; a wrong, old or lost answer never stops a primary that is healthy. So a source may be
 * anything that answers who it is, and whoever does not know is not the elector.
 */
@NullMarked
package io.netsy.elector.assignment;

import org.jspecify.annotations.NullMarked;
