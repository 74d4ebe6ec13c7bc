/** What the tests of sources of assignments share: the contract, and small honest servers. */
@NullMarked
package io.netsy.elector.assignment.testkit;

import org.jspecify.annotations.NullMarked;
