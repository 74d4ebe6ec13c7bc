package io.netsy.node.replica;

import io.netsy.etcd.state.MemberState;
import io.netsy.replication.codec.FrameException;
import io.netsy.replication.codec.MemberCodec;
import io.netsy.replication.model.Bytes;
import io.netsy.replication.model.Entry;
import io.netsy.replication.model.Member;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32C;

/** The rows of members, and of ids that were removed, whose body is empty. Each has the CRC32C of its id and body. For one thread. */
final class MemberTable {
    static final String SCHEMA = """
        CREATE TABLE member(
          id INTEGER PRIMARY KEY,
          body BLOB NOT NULL,
          checksum INTEGER NOT NULL)
        """;

    private final PreparedStatement put;

    MemberTable(Connection connection) throws SQLException {
        this.put = connection.prepareStatement("INSERT OR REPLACE INTO member(id, body, checksum) VALUES (?, ?, ?)");
    }

    void apply(Entry.MembershipChange change) throws SQLException {
        for (long id : change.removed()) {
            put(id, Bytes.EMPTY);
        }
        for (Member member : change.put()) {
            put(member.id(), MemberCodec.encode(member));
        }
    }

    /** Writes all of a state into an empty table. */
    void write(MemberState state) throws SQLException {
        apply(new Entry.MembershipChange(List.copyOf(state.members().values()), List.copyOf(state.removed())));
    }

    private void put(long id, Bytes body) throws SQLException {
        put.setLong(1, id);
        put.setBytes(2, body.array());
        put.setLong(3, checksum(id, body));
        put.executeUpdate();
    }

    private static long checksum(long id, Bytes body) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(id).flip());
        crc.update(body.array());
        return crc.getValue();
    }

    /** Reads the whole table. */
    static MemberState read(Connection connection) throws SQLException, DamagedRowException {
        List<Member> members = new ArrayList<>();
        Set<Long> removed = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, body, checksum FROM member ORDER BY id")) {
            while (row.next()) {
                long id = row.getLong(1);
                Bytes body = Bytes.wrap(row.getBytes(2));
                if (checksum(id, body) != row.getLong(3)) {
                    throw new DamagedRowException("the row of member %016x does not match its checksum".formatted(id));
                }
                if (body.length() == 0) {
                    removed.add(id);
                } else {
                    members.add(decoded(id, body));
                }
            }
        }
        return MemberState.of(members, removed);
    }

    private static Member decoded(long id, Bytes body) throws DamagedRowException {
        try {
            Member member = MemberCodec.decode(body);
            if (member.id() != id) {
                throw new DamagedRowException("the row of member %016x is about %016x".formatted(id, member.id()));
            }
            return member;
        } catch (FrameException e) {
            throw new DamagedRowException(String.valueOf(e.getMessage()));
        }
    }
}
