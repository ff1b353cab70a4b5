using System.IO.Pipelines;
using System.Text;
using Gantry.Client.Http;
using Gantry.Testing;

namespace Gantry.Client.Tests.Http;

public sealed class StreamJoinTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _clock = new();
    private readonly End _client = new();
    private readonly End _other = new();

    [Fact]
    public async Task Both_ways_are_joined_until_the_client_leaves()
    {
        var joined = StreamJoin.RunAsync(_client.Side, _other.Side, _clock, default);
        await _client.SayAsync("question");
        Assert.Equal("question", await _other.HearAsync(8));
        await _other.SayAsync("answer");
        Assert.Equal("answer", await _client.HearAsync(6));
        _client.Leave();
        Assert.Null(await joined.WaitAsync(Limit));
    }

    [Fact]
    public async Task Last_words_reach_a_client_whose_input_is_not_taken_any_more()
    {
        _other.Side.Refuse();
        await _client.SayAsync("input");
        var joined = StreamJoin.RunAsync(_client.Side, _other.Side, _clock, default);
        await _client.SayAsync("more input");
        await _other.SayAsync("last words");
        Assert.Equal("last words", await _client.HearAsync(10));
        _other.Leave();
        _client.Leave();
        Assert.Null(await joined.WaitAsync(Limit));
    }

    [Fact]
    public async Task An_end_that_arrives_as_a_reset_is_no_failure()
    {
        var joined = StreamJoin.RunAsync(_client.Side, _other.Side, _clock, default);
        await _other.SayAsync("last words");
        Assert.Equal("last words", await _client.HearAsync(10));
        _other.Leave(new IOException("Connection reset by peer"));
        _client.Leave();
        Assert.Null(await joined.WaitAsync(Limit));
    }

    [Fact]
    public async Task A_client_that_sends_on_is_read_until_it_is_quiet()
    {
        var joined = StreamJoin.RunAsync(_client.Side, _other.Side, _clock, default);
        _other.Side.Refuse();
        _other.Leave();
        await TalkAsync(seconds: 5);
        Assert.False(joined.IsCompleted);
        await Eventually.Until(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            return joined.IsCompleted;
        });
        Assert.Null(await joined);
    }

    [Fact]
    public async Task A_client_that_never_stops_is_left_after_ten_seconds()
    {
        var joined = StreamJoin.RunAsync(_client.Side, _other.Side, _clock, default);
        _other.Side.Refuse();
        _other.Leave();
        await TalkAsync(seconds: 10);
        Assert.Null(await joined.WaitAsync(Limit));
    }

    [Fact]
    public async Task A_client_whose_connection_breaks_is_told_of()
    {
        var joined = StreamJoin.RunAsync(_client.Side, _other.Side, _clock, default);
        _client.Leave(new IOException("broken"));
        Assert.Equal("broken", (await joined.WaitAsync(Limit))?.Message);
    }

    /// <summary>Something is said in each moment that could have been quiet.</summary>
    private async Task TalkAsync(int seconds)
    {
        for (var i = 0; i < 10 * seconds; i++)
        {
            await Eventually.Until(() => _clock.ArmedTimers == 1);
            // Taken only when what was said before has been read, so that after the second piece at least the first was seen.
            await _client.SayAsync(new string('x', End.Room)).WaitAsync(Limit);
            await _client.SayAsync(new string('x', End.Room)).WaitAsync(Limit);
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>One of the two that are joined: what the join holds of it, and what it does itself.</summary>
    private sealed class End
    {
        public const int Room = 64;

        private readonly Pipe _said = new(new PipeOptions(pauseWriterThreshold: Room, resumeWriterThreshold: Room / 2, useSynchronizationContext: false));
        private readonly Pipe _heard = new();

        public End()
        {
            Side = new Side(_said.Reader.AsStream(), _heard.Writer.AsStream());
        }

        public Side Side { get; }

        public async Task SayAsync(string text) => await _said.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

        public async Task<string> HearAsync(int length)
        {
            var got = await _heard.Reader.ReadAtLeastAsync(length).AsTask().WaitAsync(Limit);
            var text = Encoding.UTF8.GetString(got.Buffer);
            _heard.Reader.AdvanceTo(got.Buffer.End);
            return text;
        }

        public void Leave(IOException? failure = null) => _said.Writer.Complete(failure);
    }

    private sealed class Side(Stream input, Stream output) : Stream
    {
        private volatile bool _refuses;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void Refuse() => _refuses = true;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            _refuses ? throw new IOException("Broken pipe") : output.WriteAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            input.Dispose();
            base.Dispose(disposing);
        }
    }
}
