using System.Buffers.Binary;
using System.Text;

namespace Gantry.Network.Dns;

/// <summary>
/// Writes responses, compressing names against those written before. Records that do not fit the limit are left out from the end; when one
/// of the answers or authorities had to go, the truncation bit tells the client to come back over TCP.
/// </summary>
public sealed class DnsWriter
{
    /// <summary>The payload we announce: what fits an Ethernet frame even inside a tunnel, so that answers are not fragmented.</summary>
    public const ushort OwnPayloadSize = 1232;

    private readonly byte[] _buffer;
    private readonly int _limit;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private int _at;

    private DnsWriter(int limit)
    {
        _limit = limit;
        _buffer = new byte[limit];
    }

    /// <summary>The bytes of an answer to a query, at most <paramref name="limit"/> of them (at least 512, so that a question always fits).</summary>
    public static byte[] Write(DnsQuery query, DnsAnswer answer, bool authoritative, int limit)
    {
        var writer = new DnsWriter(Math.Clamp(limit, 512, 65535));
        return writer.WriteResponse(query, answer, authoritative);
    }

    /// <summary>An error for a request that could not be read further than its header.</summary>
    public static byte[] WriteFault(ushort id, bool recursionDesired, DnsCode code)
    {
        var message = new byte[DnsReader.HeaderSize];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), Flags(recursionDesired, authoritative: false, truncated: false, code));
        return message;
    }

    /// <summary>A query for tests and for probing: recursion desired, with EDNS0 if given.</summary>
    public static byte[] WriteQuery(DnsQuery query)
    {
        var writer = new DnsWriter(512);
        writer.Header(query.Id, query.RecursionDesired ? (ushort)0x0100 : (ushort)0, 1, 0, 0, query.Edns is null ? 0 : 1);
        writer.Question(query);
        if (query.Edns is { } edns)
        {
            writer.Opt(edns.PayloadSize, 0, edns.Version, edns.DnssecOk);
        }

        return writer._buffer[..writer._at];
    }

    private static ushort Flags(bool recursionDesired, bool authoritative, bool truncated, DnsCode code) => (ushort)(
        0x8080 // a response, recursion available
        | (recursionDesired ? 0x0100 : 0)
        | (authoritative ? 0x0400 : 0)
        | (truncated ? 0x0200 : 0)
        | ((int)code & 0xF));

    private byte[] WriteResponse(DnsQuery query, DnsAnswer answer, bool authoritative)
    {
        _at = DnsReader.HeaderSize;
        Question(query);
        var reserve = query.Edns is null ? 0 : 11;
        var answers = Section(answer.Answers, reserve);
        var truncated = answers < answer.Answers.Count;
        var authorities = truncated ? 0 : Section(answer.Authorities, reserve);
        truncated |= authorities < answer.Authorities.Count;
        var additional = truncated ? 0 : Section(answer.Additional, reserve);
        if (query.Edns is { } edns)
        {
            Opt(OwnPayloadSize, (byte)((int)answer.Code >> 4), 0, edns.DnssecOk);
            additional++;
        }

        var end = _at;
        _at = 0;
        Header(query.Id, Flags(query.RecursionDesired, authoritative, truncated, answer.Code), 1, answers, authorities, additional);
        return _buffer[..end];
    }

    private int Section(IReadOnlyList<DnsRecord> records, int reserve)
    {
        for (var i = 0; i < records.Count; i++)
        {
            var before = _at;
            if (!TryRecord(records[i], _limit - reserve))
            {
                // Names first seen in the dropped record must not be pointed to.
                _at = before;
                foreach (var stale in _names.Where(n => n.Value >= before).Select(n => n.Key).ToList())
                {
                    _names.Remove(stale);
                }

                return i;
            }
        }

        return records.Count;
    }

    private bool TryRecord(DnsRecord record, int limit)
    {
        if (!TryName(record.Name, limit, compress: true) || _at + 10 > limit)
        {
            return false;
        }

        U16((ushort)record.Type);
        U16(DnsQuery.Internet);
        U32(record.Ttl);
        var lengthAt = _at;
        U16(0);
        if (!TryData(record, limit))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(lengthAt), (ushort)(_at - lengthAt - 2));
        return true;
    }

    private bool TryData(DnsRecord record, int limit)
    {
        switch (record)
        {
            case DnsRecord.Address address:
                return TryBytes(address.Value.GetAddressBytes(), limit);
            case DnsRecord.Alias alias:
                return TryName(alias.Target, limit, compress: true);
            case DnsRecord.Text text:
                var bytes = Encoding.ASCII.GetBytes(text.Value);
                return TryBytes([(byte)bytes.Length, .. bytes], limit);
            case DnsRecord.Service service:
                if (_at + 6 > limit)
                {
                    return false;
                }

                U16(service.Priority);
                U16(service.Weight);
                U16(service.Port);

                // RFC 2782: the target of SRV is not compressed.
                return TryName(service.Target, limit, compress: false);
            case DnsRecord.Authority soa:
                if (!TryName(soa.Server, limit, compress: true) || !TryName(soa.Mailbox, limit, compress: true) || _at + 20 > limit)
                {
                    return false;
                }

                U32(soa.Serial);
                U32(7200); // refresh, retry and expire are for secondary servers, of which there are none
                U32(1800);
                U32(86400);
                U32(soa.Minimum);
                return true;
            default:
                throw new NotSupportedException(record.GetType().Name);
        }
    }

    private void Header(ushort id, ushort flags, int questions, int answers, int authorities, int additional)
    {
        U16(id);
        U16(flags);
        U16((ushort)questions);
        U16((ushort)answers);
        U16((ushort)authorities);
        U16((ushort)additional);
    }

    private void Question(DnsQuery query)
    {
        TryName(query.Name, _limit, compress: true);
        U16((ushort)query.Type);
        U16(query.Class);
    }

    private void Opt(ushort payload, byte extendedCode, byte version, bool dnssecOk)
    {
        _buffer[_at++] = 0;
        U16((ushort)DnsType.Opt);
        U16(payload);
        _buffer[_at++] = extendedCode;
        _buffer[_at++] = version;
        U16(dnssecOk ? (ushort)0x8000 : (ushort)0);
        U16(0);
    }

    private bool TryName(DnsName name, int limit, bool compress)
    {
        var wire = name.Wire;
        var labels = name.Labels;
        for (int i = 0, from = 0; i < labels.Count; i++)
        {
            var suffix = string.Join('.', labels.Skip(i));
            if (compress && _names.TryGetValue(suffix, out var known))
            {
                if (_at + 2 > limit)
                {
                    return false;
                }

                U16((ushort)(0xC000 | known));
                return true;
            }

            var size = wire[from] + 1;
            if (_at + size > limit)
            {
                return false;
            }

            // A pointer has 14 bits; names further back than that cannot be pointed to.
            if (_at < 0x4000)
            {
                _names.TryAdd(suffix, _at);
            }

            wire.Slice(from, size).CopyTo(_buffer.AsSpan(_at));
            _at += size;
            from += size;
        }

        if (_at + 1 > limit)
        {
            return false;
        }

        _buffer[_at++] = 0;
        return true;
    }

    private bool TryBytes(ReadOnlySpan<byte> bytes, int limit)
    {
        if (_at + bytes.Length > limit)
        {
            return false;
        }

        bytes.CopyTo(_buffer.AsSpan(_at));
        _at += bytes.Length;
        return true;
    }

    private void U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(_at), value);
        _at += 2;
    }

    private void U32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.AsSpan(_at), value);
        _at += 4;
    }
}
