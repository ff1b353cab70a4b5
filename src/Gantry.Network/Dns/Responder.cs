using System.Buffers.Binary;

namespace Gantry.Network.Dns;

/// <summary>
/// From the bytes of a request to the bytes of its response, whatever transport they came by. Names of the cluster are answered from the
/// published zone at once; the rest goes to the forwarder.
/// </summary>
public sealed class Responder(ZoneResolver resolver, Forwarder forwarder, DnsZone empty)
{
    private volatile DnsZone _zone = empty;
    private uint _turn;

    /// <summary>The zone that answers are taken from; set by the loop that watches Services.</summary>
    public DnsZone Zone
    {
        get => _zone;
        set => _zone = value;
    }

    /// <summary>The response, or null when there should be none. Fails only by cancellation.</summary>
    public async ValueTask<byte[]?> AnswerAsync(ReadOnlyMemory<byte> request, bool tcp, CancellationToken stop) => DnsReader.ReadQuery(request.Span) switch
    {
        DnsParse.Query(var query) => await AnswerAsync(query, tcp, stop).ConfigureAwait(false),
        DnsParse.Faulty(var id, var recursion, var code) => DnsWriter.WriteFault(id, recursion, code),
        _ => null,
    };

    private async ValueTask<byte[]> AnswerAsync(DnsQuery query, bool tcp, CancellationToken stop)
    {
        var limit = tcp ? ushort.MaxValue : Math.Min(query.PayloadLimit, DnsWriter.OwnPayloadSize);
        if (query.Edns is { Version: not 0 })
        {
            return DnsWriter.Write(query, DnsAnswer.Failure(DnsCode.BadVersion), authoritative: false, limit);
        }

        if (query.Class != DnsQuery.Internet)
        {
            return DnsWriter.Write(query, DnsAnswer.Failure(DnsCode.Refused), authoritative: false, limit);
        }

        switch (resolver.Resolve(_zone, query.Name, query.Type))
        {
            case ZoneResult.Answered(var answer):
                return DnsWriter.Write(query, Rotate(answer), authoritative: true, limit);
            case ZoneResult.Follow(var alias):
                return DnsWriter.Write(query, await FollowAsync(query, alias, stop).ConfigureAwait(false), authoritative: true, limit);
            default:
                var forwarded = await forwarder.AskAsync(query, tcp, stop).ConfigureAwait(false);
                return forwarded is null ? DnsWriter.Write(query, DnsAnswer.Failure(DnsCode.ServerFailure), authoritative: false, limit) : Fit(query, forwarded, limit);
        }
    }

    /// <summary>The alias and what its target gives: resolvers in pods are stubs that do not ask a second time.</summary>
    private async Task<DnsAnswer> FollowAsync(DnsQuery query, DnsRecord.Alias alias, CancellationToken stop)
    {
        if (query.Type == DnsType.Cname)
        {
            return DnsAnswer.Positive([alias]);
        }

        switch (resolver.Resolve(_zone, alias.Target, query.Type))
        {
            case ZoneResult.Answered(var inside):
                return inside with { Answers = [alias, .. inside.Answers] };
            case ZoneResult.Follow(var second):
                // One alias of the cluster leading to another is followed no further, so two that name each other do no harm.
                return DnsAnswer.Positive([alias, second]);
            default:
                var outside = query with { Name = alias.Target };
                var response = await forwarder.AskAsync(outside, tcp: false, stop).ConfigureAwait(false);
                return response is null
                    ? DnsAnswer.Failure(DnsCode.ServerFailure)
                    : new DnsAnswer((DnsCode)(response[3] & 0xF), [alias, .. DnsReader.ReadAnswers(response)], [], []);
        }
    }

    /// <summary>Starts the answers at another record each time, because most clients take the first.</summary>
    private DnsAnswer Rotate(DnsAnswer answer)
    {
        if (answer.Answers.Count < 2)
        {
            return answer;
        }

        var start = (int)(Interlocked.Increment(ref _turn) % (uint)answer.Answers.Count);
        return answer with { Answers = [.. answer.Answers.Skip(start), .. answer.Answers.Take(start)] };
    }

    private static byte[] Fit(DnsQuery query, byte[] response, int limit)
    {
        if (response.Length <= limit)
        {
            return response;
        }

        // Too much for this client: nothing but the question, and the sign to come back over TCP.
        var shortened = DnsWriter.Write(query, DnsAnswer.Failure((DnsCode)(response[3] & 0xF)), authoritative: false, limit);
        BinaryPrimitives.WriteUInt16BigEndian(shortened.AsSpan(2), (ushort)(BinaryPrimitives.ReadUInt16BigEndian(shortened.AsSpan(2)) | 0x0200));
        return shortened;
    }
}
