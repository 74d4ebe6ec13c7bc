/** Tests of the file. */
@NullMarked
package io.netsy.elector.assignment.file;

import org.jspecify.annotations.NullMarked;
