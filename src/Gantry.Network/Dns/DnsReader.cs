using System.Buffers.Binary;

namespace Gantry.Network.Dns;

/// <summary>
/// Reads DNS messages. Nothing in them is trusted: every length is checked, pointers may only lead backwards, so reading always ends.
/// </summary>
public static class DnsReader
{
    public const int HeaderSize = 12;

    private const int OpcodeMask = 0x7800;
    private const int ResponseBit = 0x8000;
    private const int RecursionDesiredBit = 0x0100;

    public static DnsParse ReadQuery(ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderSize)
        {
            return new DnsParse.Ignored();
        }

        var id = U16(message, 0);
        var flags = U16(message, 2);
        if ((flags & ResponseBit) != 0)
        {
            return new DnsParse.Ignored();
        }

        var recursion = (flags & RecursionDesiredBit) != 0;
        if ((flags & OpcodeMask) != 0)
        {
            return new DnsParse.Faulty(id, recursion, DnsCode.NotImplemented);
        }

        // Zero questions and more than one have no meaning anybody agrees on.
        var at = HeaderSize;
        if (U16(message, 4) != 1 || !TryReadName(message, ref at, out var name) || message.Length - at < 4)
        {
            return new DnsParse.Faulty(id, recursion, DnsCode.FormatError);
        }

        var type = (DnsType)U16(message, at);
        var inClass = U16(message, at + 2);
        at += 4;
        if (!TryReadEdns(message, at, out var edns))
        {
            return new DnsParse.Faulty(id, recursion, DnsCode.FormatError);
        }

        return new DnsParse.Query(new(id, name, type, inClass, recursion, edns));
    }

    /// <summary>
    /// Walks the records of a response. Gives the positions of their TTLs, the smallest TTL in seconds (null without records), and for
    /// negative answers the SOA's limit. False when the message is malformed or answers another question than the one given.
    /// </summary>
    public static bool TryWalkResponse(ReadOnlySpan<byte> message, DnsQuery query, out DnsResponseFacts facts)
    {
        facts = new DnsResponseFacts(DnsCode.ServerFailure, false, 0, []);
        if (message.Length < HeaderSize || U16(message, 0) != query.Id || (U16(message, 2) & ResponseBit) == 0 || U16(message, 4) != 1)
        {
            return false;
        }

        var at = HeaderSize;
        if (!TryReadName(message, ref at, out var name) || message.Length - at < 4
            || !name.Equals(query.Name) || U16(message, at) != (ushort)query.Type || U16(message, at + 2) != query.Class)
        {
            return false;
        }

        at += 4;
        var flags = U16(message, 2);
        var positions = new List<int>();
        uint? smallest = null;
        var records = U16(message, 6) + U16(message, 8) + U16(message, 10);
        for (var i = 0; i < records; i++)
        {
            if (!TryReadRecord(message, ref at, out var record))
            {
                return false;
            }

            if (record.Type == DnsType.Opt)
            {
                continue;
            }

            positions.Add(record.TtlAt);
            var ttl = BinaryPrimitives.ReadUInt32BigEndian(message[record.TtlAt..]);
            if (record.Type == DnsType.Soa && record.Length >= 20)
            {
                ttl = Math.Min(ttl, BinaryPrimitives.ReadUInt32BigEndian(message[(record.DataAt + record.Length - 4)..]));
            }

            smallest = smallest is { } known ? Math.Min(known, ttl) : ttl;
        }

        facts = new((DnsCode)(flags & 0xF), (flags & 0x0200) != 0, smallest ?? 0, positions);
        return true;
    }

    /// <summary>
    /// The addresses and aliases among the answers of a response that <see cref="TryWalkResponse"/> has found sound; other types are left out.
    /// </summary>
    public static IReadOnlyList<DnsRecord> ReadAnswers(ReadOnlySpan<byte> message)
    {
        var found = new List<DnsRecord>();
        var at = HeaderSize;
        if (!TryReadName(message, ref at, out _))
        {
            return found;
        }

        at += 4;
        for (var i = U16(message, 6); i > 0; i--)
        {
            var nameAt = at;
            if (!TryReadRecord(message, ref at, out var record) || !TryReadName(message, ref nameAt, out var name))
            {
                break;
            }

            var ttl = BinaryPrimitives.ReadUInt32BigEndian(message[record.TtlAt..]);
            var data = record.DataAt;
            if ((record.Type, record.Length) is (DnsType.A, 4) or (DnsType.Aaaa, 16))
            {
                found.Add(new DnsRecord.Address(name, ttl, new System.Net.IPAddress(message.Slice(data, record.Length))));
            }
            else if (record.Type == DnsType.Cname && TryReadName(message, ref data, out var target))
            {
                found.Add(new DnsRecord.Alias(name, DnsType.Cname, ttl, target));
            }
        }

        return found;
    }

    /// <summary>Reads a possibly compressed name and moves past it. False when it leads outside, forwards, or is too long.</summary>
    public static bool TryReadName(ReadOnlySpan<byte> message, ref int at, out DnsName name)
    {
        name = DnsName.Root;
        Span<byte> wire = stackalloc byte[DnsName.MaximumLength];
        var length = 0;
        var position = at;
        var end = -1;
        var lowest = at;
        while (true)
        {
            if (position >= message.Length)
            {
                return false;
            }

            var size = message[position];
            if ((size & 0xC0) == 0xC0)
            {
                if (position + 1 >= message.Length)
                {
                    return false;
                }

                end = end < 0 ? position + 2 : end;
                position = ((size & 0x3F) << 8) | message[position + 1];

                // Each jump must go before everything read so far, so there is no loop.
                if (position >= lowest)
                {
                    return false;
                }

                lowest = position;
                continue;
            }

            if (size > DnsName.MaximumLabel || position + 1 + size > message.Length || length + 1 + size > (size == 0 ? DnsName.MaximumLength : DnsName.MaximumLength - 1))
            {
                return false;
            }

            message.Slice(position, 1 + size).CopyTo(wire[length..]);
            length += 1 + size;
            position += 1 + size;
            if (size == 0)
            {
                at = end < 0 ? position : end;
                name = DnsName.FromWire(wire[..length]);
                return true;
            }
        }
    }

    private static bool TryReadEdns(ReadOnlySpan<byte> message, int at, out DnsEdns? edns)
    {
        edns = null;
        var records = U16(message, 6) + U16(message, 8) + U16(message, 10);
        for (var i = 0; i < records; i++)
        {
            if (!TryReadRecord(message, ref at, out var record))
            {
                return false;
            }

            if (record.Type != DnsType.Opt)
            {
                continue;
            }

            if (edns is not null)
            {
                return false;
            }

            // In an OPT record the class is the payload size, and the TTL extended code, version and flags.
            edns = new(U16(message, record.TtlAt - 2), message[record.TtlAt + 1], (message[record.TtlAt + 2] & 0x80) != 0);
        }

        return true;
    }

    private static bool TryReadRecord(ReadOnlySpan<byte> message, ref int at, out (DnsType Type, int TtlAt, int DataAt, int Length) record)
    {
        record = default;
        if (!TryReadName(message, ref at, out _) || message.Length - at < 10)
        {
            return false;
        }

        record = ((DnsType)U16(message, at), at + 4, at + 10, U16(message, at + 8));
        at = record.DataAt + record.Length;
        return at <= message.Length;
    }

    private static ushort U16(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
