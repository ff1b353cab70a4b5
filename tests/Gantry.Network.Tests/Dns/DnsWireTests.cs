using System.Net;
using Gantry.Network.Dns;

namespace Gantry.Network.Tests.Dns;

public sealed class DnsWireTests
{
    private static readonly DnsName Web = DnsName.Parse("web.default.svc.cluster.local");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_query_survives_writing_and_reading(bool edns)
    {
        var query = Query(edns ? new DnsEdns(1400, 0, true) : null);
        Assert.Equal(new DnsParse.Query(query), DnsReader.ReadQuery(DnsWriter.WriteQuery(query)));
    }

    [Fact]
    public void Names_compare_without_case_and_keep_their_spelling()
    {
        var mixed = DnsName.Parse("WEB.Default.svc.cluster.LOCAL.");
        Assert.Equal(Web, mixed);
        Assert.Equal(Web.GetHashCode(), mixed.GetHashCode());
        Assert.Equal((byte)'W', mixed.Wire[1]);
        Assert.Equal("web.default.svc.cluster.local.", mixed.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123.a")]
    public void What_is_not_a_name_is_refused(string text) => Assert.False(DnsName.TryParse(text, out _));

    [Fact]
    public void A_name_of_more_than_255_bytes_is_refused()
    {
        var label = new string('a', 61);
        Assert.True(DnsName.TryParse($"{label}.{label}.{label}.{label}", out _));
        Assert.False(DnsName.TryParse($"{label}.{label}.{label}.{label}.aaaaaaa", out _));
    }

    [Fact]
    public void Repeated_names_are_written_once()
    {
        var response = DnsWriter.Write(Query(null), DnsAnswer.Positive([Address("10.43.0.7"), Address("10.43.0.8")]), authoritative: true, 512);

        // Header, question, and two answers of a pointer, ten fixed bytes and an address.
        Assert.Equal(12 + Web.Wire.Length + 4 + (2 * (2 + 10 + 4)), response.Length);
        Assert.Equal([Address("10.43.0.7"), Address("10.43.0.8")], DnsReader.ReadAnswers(response));
    }

    [Fact]
    public void An_answer_too_large_for_the_client_is_cut_and_says_so()
    {
        var many = Enumerable.Range(0, 200).Select(i => (DnsRecord)Address($"10.42.0.{i}")).ToList();
        var response = DnsWriter.Write(Query(null), DnsAnswer.Positive(many), authoritative: true, 512);
        Assert.InRange(response.Length, 490, 512);
        Assert.True(DnsReader.TryWalkResponse(response, Query(null), out var facts));
        Assert.True(facts.Truncated);
        Assert.Equal(facts.TtlPositions.Count, DnsReader.ReadAnswers(response).Count);

        var whole = DnsWriter.Write(Query(null), DnsAnswer.Positive(many), authoritative: true, 65535);
        Assert.True(DnsReader.TryWalkResponse(whole, Query(null), out facts));
        Assert.Equal((false, 200), (facts.Truncated, facts.TtlPositions.Count));
    }

    [Fact]
    public void A_negative_answer_may_be_kept_as_long_as_the_authority_says()
    {
        var soa = new DnsRecord.Authority(DnsName.Parse("cluster.local"), 300, DnsName.Parse("ns.dns.cluster.local"), DnsName.Parse("hostmaster.cluster.local"), 1, 5);
        var response = DnsWriter.Write(Query(null), new(DnsCode.NameError, [], [soa], []), authoritative: true, 512);
        Assert.True(DnsReader.TryWalkResponse(response, Query(null), out var facts));
        Assert.Equal((DnsCode.NameError, 5u), (facts.Code, facts.KeepSeconds));
    }

    [Fact]
    public void A_response_is_never_answered()
    {
        var response = DnsWriter.Write(Query(null), DnsAnswer.Failure(DnsCode.NoError), authoritative: true, 512);
        Assert.IsType<DnsParse.Ignored>(DnsReader.ReadQuery(response));
        Assert.IsType<DnsParse.Ignored>(DnsReader.ReadQuery(response.AsSpan(0, 11)));
    }

    [Fact]
    public void Other_operations_and_other_numbers_of_questions_are_refused_with_their_code()
    {
        var request = DnsWriter.WriteQuery(Query(null));
        request[2] |= 0x28;
        Assert.Equal(new DnsParse.Faulty(77, true, DnsCode.NotImplemented), DnsReader.ReadQuery(request));
        request[2] = 1;
        request[5] = 2;
        Assert.Equal(new DnsParse.Faulty(77, true, DnsCode.FormatError), DnsReader.ReadQuery(request));
    }

    [Fact]
    public void A_pointer_that_leads_forward_or_to_itself_ends_the_reading()
    {
        byte[] message = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1];
        Assert.IsType<DnsParse.Faulty>(DnsReader.ReadQuery(message));
        message[13] = 16;
        Assert.IsType<DnsParse.Faulty>(DnsReader.ReadQuery(message));
    }

    [Fact]
    public void Random_and_damaged_bytes_never_break_the_reader()
    {
        const int Seed = 7;
        var dice = new Random(Seed);
        var sound = DnsWriter.Write(Query(new(1232, 0, false)), DnsAnswer.Positive([Address("10.43.0.7")]), authoritative: true, 512);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = round % 2 == 0 ? new byte[dice.Next(80)] : (byte[])sound.Clone();
            if (round % 2 == 0)
            {
                dice.NextBytes(bytes);
            }
            else
            {
                bytes[dice.Next(bytes.Length)] = (byte)dice.Next(256);
                bytes[2] &= 0x7F;
            }

            _ = DnsReader.ReadQuery(bytes);
            _ = DnsReader.TryWalkResponse(bytes, Query(null), out _);
            if (bytes.Length >= DnsReader.HeaderSize)
            {
                _ = DnsReader.ReadAnswers(bytes);
            }
        }
    }

    private static DnsQuery Query(DnsEdns? edns) => new(77, Web, DnsType.A, DnsQuery.Internet, true, edns);

    private static DnsRecord.Address Address(string value) => new(Web, 5, IPAddress.Parse(value));
}
