package io.netsy.node.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.lang.ArchRule;
import io.netsy.node.architecture.ScannedClasses.Module;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Which code may know which: the directions drawn in {@code design/ARCHITECTURE.md}. */
class ArchitectureTest {
    private static final String[] S3 = {"software.amazon.."};
    private static final String[] SQLITE = {"java.sql..", "javax.sql..", "org.sqlite.."};
    private static final String[] GRPC = {"io.grpc..", "com.google.protobuf..", ScannedClasses.GENERATED};

    /** The last part of a package that talks to one technology on behalf of a port. */
    private static final String ADAPTER_NAMES = "s3|file|sqlite|kubernetes|http|netty";

    static final List<Module> MODULES = ScannedClasses.MODULES;

    @ParameterizedTest
    @FieldSource("MODULES")
    void everySourceFileIsScanned(Module module) {
        List<String> sources = module.sourceClassNames();

        assertThat(sources).as("sources of " + module.directory()).isNotEmpty();
        assertThat(ScannedClasses.all().stream().map(JavaClass::getName).collect(Collectors.toSet()))
                .containsAll(sources);
    }

    @ParameterizedTest
    @FieldSource("MODULES")
    void everyClassIsUnderThePackageOfItsModule(Module module) {
        assertThat(module.sourceClassNames()).allMatch(name -> name.startsWith(module.rootPackage() + "."));
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass type : ScannedClasses.all()) {
            JavaPackage home = type.getPackage();
            if (!home.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(home.getName());
            }
        }
        assertThat(unmarked)
                .as("packages without a package-info.java that says @NullMarked")
                .isEmpty();
    }

    @Test
    void packagesAreFreeOfCycles() {
        check(slices().matching("io.netsy.(**)").should().beFreeOfCycles());
    }

    @Test
    void modulesKnowOnlyThoseBelowThem() {
        check(noClasses()
                .that()
                .resideInAPackage("io.netsy.replication..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netsy.elector..", "io.netsy.etcd..", "io.netsy.node.."));
        check(noClasses()
                .that()
                .resideInAPackage("io.netsy.elector..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netsy.etcd..", "io.netsy.node.."));
        check(noClasses()
                .that()
                .resideInAPackage("io.netsy.etcd..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netsy.elector..", "io.netsy.node..", "io.netsy.replication.wire.."));
    }

    @Test
    void replicationKnowsNeitherS3NorSqliteNorGrpc() {
        checkIgnorance("io.netsy.replication..", S3, SQLITE, GRPC);
    }

    @Test
    void theElectorKnowsNeitherSqliteNorGrpc() {
        checkIgnorance("io.netsy.elector..", SQLITE, GRPC);
    }

    @Test
    void theEtcdApiKnowsNeitherS3NorSqlite() {
        checkIgnorance("io.netsy.etcd..", S3, SQLITE);
    }

    @Test
    void theModelKnowsOnlyItself() {
        check(noClasses()
                .that()
                .resideInAPackage("io.netsy.replication.model..")
                .should()
                .dependOnClassesThat(Packages.underBut("io.netsy", "io.netsy.replication.model"))
                .allowEmptyShould(true));
    }

    @Test
    void theCoresAreReachedByNoSocketFileThreadOrClock() {
        check(noClasses()
                .that()
                .resideInAnyPackage(
                        "io.netsy.replication.model..", "io.netsy.replication.core..", "io.netsy.elector.core..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.net..", "java.nio.channels..", "java.nio.file..", "java.util.concurrent..", "io.netty..")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Thread.class, Clock.class, InstantSource.class)
                .because("a core is a pure step: events in, effects out")
                .allowEmptyShould(true));
    }

    @Test
    void adaptersAreSeenOnlyByTheWiring() {
        check(classes()
                .that(Packages.lastNamed(ADAPTER_NAMES))
                .should(Packages.beKnownOnlyInItsPackageAnd("io.netsy.node.wiring"))
                .allowEmptyShould(true));
    }

    private static void checkIgnorance(String packages, String[]... unknown) {
        for (String[] technology : unknown) {
            check(noClasses()
                    .that()
                    .resideInAPackage(packages)
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(technology));
        }
    }

    private static void check(ArchRule rule) {
        rule.check(ScannedClasses.all());
    }
}
