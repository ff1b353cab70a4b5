using System.Text;
using Gantry.Node.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Gantry.Node.Tests.Streaming;

public sealed class Channel_protocols
{
    [Theory]
    [InlineData("v5.channel.k8s.io,v4.channel.k8s.io", "v5.channel.k8s.io")]
    [InlineData("other,v4.base64.channel.k8s.io", "v4.base64.channel.k8s.io")]
    [InlineData("", "")]
    public void The_first_known_protocol_is_chosen(string offered, string chosen) =>
        Assert.Equal(chosen, ChannelProtocol.Choose(offered.Split(',', StringSplitOptions.RemoveEmptyEntries))!.Name);

    [Fact]
    public void Only_unknown_protocols_give_none() => Assert.Null(ChannelProtocol.Choose(["v9.channel.k8s.io"]));

    [Fact]
    public void A_message_in_fragments_keeps_its_channel()
    {
        var reader = new ChannelReader(ChannelProtocol.Choose(["v5.channel.k8s.io"])!);
        Assert.Null(Take(reader, "", false).Channel);
        Assert.Equal(((byte?)0, "ab"), Take(reader, "\0ab", false));
        Assert.Equal(((byte?)0, "cd"), Take(reader, "cd", true));
        Assert.Equal(((byte?)4, "{}"), Take(reader, "\u0004{}", true));
        Assert.Null(Take(reader, "", true).Channel);
        Assert.Equal(((byte?)0, ""), Take(reader, "\0", true));
    }

    [Fact]
    public void Base64_is_decoded_when_the_message_is_whole()
    {
        var reader = new ChannelReader(ChannelProtocol.Choose(["v4.base64.channel.k8s.io"])!);
        Assert.Null(Take(reader, "0aGV", false).Channel);
        Assert.Equal(((byte?)0, "hello"), Take(reader, "sbG8=", true));
        Assert.Throws<InvalidDataException>(() => Take(reader, "0***", true));
    }

    [Fact]
    public void A_base64_message_without_end_is_refused()
    {
        var reader = new ChannelReader(ChannelProtocol.Choose(["base64.channel.k8s.io"])!);
        var part = new string('A', 1024 * 1024);
        Assert.Throws<InvalidDataException>(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                Take(reader, part, false);
            }
        });
    }

    [Theory]
    [InlineData("?stdin=true&stdout=1&stderr=true&tty=false&command=ls&command=-l", "ls -l", true, true, true, false)]
    [InlineData("?input=1&output=1&error=1&tty=1", "", true, true, false, true)]
    [InlineData("?stdout&stdin=0", "", false, true, false, false)]
    public void Options_of_a_command_are_read(string query, string command, bool stdin, bool stdout, bool stderr, bool tty)
    {
        Assert.True(RemoteCommandOptions.TryRead(Query(query), out var options, out _));
        Assert.Equal((command, stdin, stdout, stderr, tty), (string.Join(' ', options.Command), options.Stdin, options.Stdout, options.Stderr, options.Tty));
    }

    [Fact]
    public void A_command_without_any_stream_is_refused()
    {
        Assert.False(RemoteCommandOptions.TryRead(Query("?command=ls"), out _, out var problem));
        Assert.Equal("you must specify at least 1 of stdin, stdout, stderr", problem);
    }

    private static QueryCollection Query(string text) => new(QueryHelpers.ParseQuery(text));

    private static (byte? Channel, string Text) Take(ChannelReader reader, string fragment, bool end)
    {
        var channel = reader.Take(Encoding.UTF8.GetBytes(fragment), end, out var content);
        return (channel, Encoding.UTF8.GetString(content.Span));
    }
}
