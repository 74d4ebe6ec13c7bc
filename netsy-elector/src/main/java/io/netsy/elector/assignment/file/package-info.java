/** The elector's role as the content of a file, which whoever runs the machines replaces. */
@NullMarked
package io.netsy.elector.assignment.file;

import org.jspecify.annotations.NullMarked;
