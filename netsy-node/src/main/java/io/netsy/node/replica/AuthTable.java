package io.netsy.node.replica;

import io.netsy.etcd.state.AuthState;
import io.netsy.replication.codec.AuthCodec;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.model.AuthRole;
import io.netsy.replication.model.AuthUser;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;

/**
 * The rows of users and roles, and the one row that says whether they matter, which is always there. Each has the CRC32C
 * of its kind, name and body. For one thread.
 */
final class AuthTable {
    static final String SCHEMA = """
        CREATE TABLE auth(
          kind INTEGER NOT NULL,
          name BLOB NOT NULL,
          body BLOB NOT NULL,
          checksum INTEGER NOT NULL,
          PRIMARY KEY (kind, name)) WITHOUT ROWID
        """;

    private static final int STATUS = 0;
    private static final int USER = 1;
    private static final int ROLE = 2;

    private final PreparedStatement put;
    private final PreparedStatement delete;

    AuthTable(Connection connection) throws SQLException {
        this.put = connection.prepareStatement(
                "INSERT OR REPLACE INTO auth(kind, name, body, checksum) VALUES (?, ?, ?, ?)");
        this.delete = connection.prepareStatement("DELETE FROM auth WHERE kind = ? AND name = ?");
    }

    void apply(Entry.AuthChange change) throws SQLException {
        for (Bytes name : change.users().removed()) {
            delete(USER, name);
        }
        for (Bytes name : change.roles().removed()) {
            delete(ROLE, name);
        }
        put(change.users().put(), change.roles().put());
        putStatus(change.enabled(), change.authRevision());
    }

    /** Writes all of a state into an empty table. */
    void write(AuthState state) throws SQLException {
        put(List.copyOf(state.users().values()), List.copyOf(state.roles().values()));
        putStatus(state.enabled(), state.revision());
    }

    private void put(List<AuthUser> users, List<AuthRole> roles) throws SQLException {
        for (AuthUser user : users) {
            put(USER, user.name(), AuthCodec.encode(user));
        }
        for (AuthRole role : roles) {
            put(ROLE, role.name(), AuthCodec.encode(role));
        }
    }

    private void putStatus(boolean enabled, long revision) throws SQLException {
        byte[] body = new byte[1 + Long.BYTES];
        ByteBuffer.wrap(body).put((byte) (enabled ? 1 : 0)).putLong(revision);
        put(STATUS, Bytes.EMPTY, Bytes.wrap(body));
    }

    private void put(int kind, Bytes name, Bytes body) throws SQLException {
        put.setInt(1, kind);
        put.setBytes(2, name.array());
        put.setBytes(3, body.array());
        put.setLong(4, checksum(kind, name, body));
        put.executeUpdate();
    }

    private void delete(int kind, Bytes name) throws SQLException {
        delete.setInt(1, kind);
        delete.setBytes(2, name.array());
        delete.executeUpdate();
    }

    private static long checksum(int kind, Bytes name, Bytes body) {
        CRC32C crc = new CRC32C();
        crc.update(kind);
        crc.update(name.array());
        crc.update(body.array());
        return crc.getValue();
    }

    /** Reads the whole table. */
    static AuthState read(Connection connection) throws SQLException, DamagedRowException {
        List<Row> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT kind, name, body, checksum FROM auth ORDER BY kind, name")) {
            while (row.next()) {
                rows.add(verified(row));
            }
        }
        if (rows.isEmpty() || rows.getFirst().kind != STATUS) {
            throw new DamagedRowException("the row that says whether auth is on is missing");
        }
        ByteBuffer status = ByteBuffer.wrap(rows.getFirst().body.array());
        try {
            boolean enabled = status.get() != 0;
            return AuthState.of(
                    enabled,
                    status.getLong(),
                    decoded(rows, USER, AuthCodec::decodeUser, AuthUser::name),
                    decoded(rows, ROLE, AuthCodec::decodeRole, AuthRole::name));
        } catch (FrameException e) {
            throw new DamagedRowException(String.valueOf(e.getMessage()));
        }
    }

    private record Row(int kind, Bytes name, Bytes body) {}

    private static Row verified(ResultSet row) throws SQLException, DamagedRowException {
        int kind = row.getInt(1);
        Bytes name = Bytes.wrap(row.getBytes(2));
        Bytes body = Bytes.wrap(row.getBytes(3));
        if (checksum(kind, name, body) != row.getLong(4)) {
            throw new DamagedRowException("auth row %d '%s' does not match its checksum".formatted(kind, name));
        }
        return new Row(kind, name, body);
    }

    @FunctionalInterface
    private interface Decoder<T> {
        T decode(Bytes body) throws FrameException;
    }

    private static <T> List<T> decoded(List<Row> rows, int kind, Decoder<T> decoder, Function<T, Bytes> nameOf)
            throws FrameException {
        List<T> records = new ArrayList<>();
        for (Row row : rows) {
            if (row.kind == kind) {
                T record = decoder.decode(row.body);
                if (!nameOf.apply(record).equals(row.name)) {
                    throw new FrameException(
                            "auth row %d '%s' is about '%s'".formatted(kind, row.name, nameOf.apply(record)));
                }
                records.add(record);
            }
        }
        return records;
    }
}
