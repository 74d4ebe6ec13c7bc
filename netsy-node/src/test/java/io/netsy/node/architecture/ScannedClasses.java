package io.netsy.node.architecture;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The program's own classes as the architecture rules see them: no tests, no generated protocol. */
final class ScannedClasses {
    static final String GENERATED = "io.netsy.etcd.proto..";

    /** The modules of the program, each with the package that all of its code is under. */
    static final List<Module> MODULES = List.of(
            new Module("netsy-replication", "io.netsy.replication"),
            new Module("netsy-elector", "io.netsy.elector"),
            new Module("netsy-etcd-api", "io.netsy.etcd"),
            new Module("netsy-node", "io.netsy.node"));

    /** Ends the name of what a module gives to the tests of others. */
    private static final String TEST_KIT = "-tests.jar";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains(TEST_KIT))
            .importPackages("io.netsy")
            .that(DescribedPredicate.not(JavaClass.Predicates.resideInAPackage(GENERATED)));

    record Module(String directory, String rootPackage) {
        /** The top-level classes that the module's source files declare, by file name. */
        List<String> sourceClassNames() {
            Path sources = Path.of("..", directory, "src", "main", "java");
            try (Stream<Path> files = Files.walk(sources)) {
                return files.filter(file -> file.toString().endsWith(".java"))
                        .map(file -> className(sources.relativize(file)))
                        .toList();
            } catch (IOException failure) {
                throw new UncheckedIOException("listing the sources of " + directory + " failed", failure);
            }
        }

        private static String className(Path file) {
            String path = file.toString().replace(file.getFileSystem().getSeparator(), ".");
            return path.substring(0, path.length() - ".java".length());
        }
    }

    private ScannedClasses() {}

    static JavaClasses all() {
        return CLASSES;
    }
}
