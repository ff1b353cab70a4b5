using System.IO.Pipelines;
using System.Text;
using Gantry.Node.Logs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Node.Tests.Logs;

public sealed class Log_readers : IDisposable
{
    private const string Head = "2026-01-02T03:04:05Z stdout F ";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gantry-log-");
    private readonly LogReader _reader = new(new FileWatches(TimeProvider.System, NullLogger.Instance), TimeProvider.System);
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(20), TimeProvider.System);
    private volatile bool _running = true;

    private string File0 => Path.Combine(_folder.FullName, "0.log");

    public void Dispose()
    {
        _limit.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Without_follow_what_is_there_is_shown_even_an_unfinished_last_line()
    {
        await File.WriteAllTextAsync(File0, Head + "one\n" + Head + "two");
        Assert.Equal("one\ntwo\n", await ReadAsync(new LogOptions()));
    }

    [Fact]
    public async Task A_log_that_does_not_exist_yet_is_empty()
    {
        Assert.Equal("", await ReadAsync(new LogOptions()));
        _folder.Delete();
        Assert.Equal("", await ReadAsync(new LogOptions()));
        _folder.Create();
    }

    [Fact]
    public async Task Follow_of_an_ended_container_ends_at_once()
    {
        _running = false;
        await File.WriteAllTextAsync(File0, Head + "one\n");
        Assert.Equal("one\n", await ReadAsync(new LogOptions { Follow = true }));
    }

    [Fact]
    public async Task Follow_waits_for_the_rest_of_a_line_and_for_the_file_itself()
    {
        var pipe = new Pipe();
        var copying = CopyAsync(new LogOptions { Follow = true }, pipe);
        var reader = new StreamReader(pipe.Reader.AsStream());
        await using (var writer = new FileStream(File0, FileMode.Create, FileAccess.Write, FileShare.Read, 1))
        {
            await writer.WriteAsync(Encoding.UTF8.GetBytes(Head + "first\n" + Head + "sec"));
            Assert.Equal("first", await reader.ReadLineAsync(_limit.Token));
            await writer.WriteAsync("ond\n"u8.ToArray());
            Assert.Equal("second", await reader.ReadLineAsync(_limit.Token));
            _running = false;
        }

        await copying;
        Assert.Null(await reader.ReadLineAsync(_limit.Token));
    }

    [Fact]
    public async Task Follow_goes_on_in_the_new_file_after_everything_of_the_old_one()
    {
        await File.WriteAllTextAsync(File0, Head + "old\n");
        var pipe = new Pipe();
        var copying = CopyAsync(new LogOptions { Follow = true, TailLines = 1 }, pipe);
        var reader = new StreamReader(pipe.Reader.AsStream());
        Assert.Equal("old", await reader.ReadLineAsync(_limit.Token));
        File.Move(File0, File0 + ".1");
        await File.AppendAllTextAsync(File0 + ".1", Head + "late\n");
        await File.WriteAllTextAsync(File0, Head + "new\n");
        Assert.Equal("late", await reader.ReadLineAsync(_limit.Token));
        Assert.Equal("new", await reader.ReadLineAsync(_limit.Token));
        _running = false;
        await File.AppendAllTextAsync(File0, Head + "last\n");
        Assert.Equal("last", await reader.ReadLineAsync(_limit.Token));
        await copying;
    }

    [Fact]
    public async Task Follow_stops_at_the_byte_limit()
    {
        await File.WriteAllTextAsync(File0, Head + "abcdef\n");
        Assert.Equal("abc", await ReadAsync(new LogOptions { Follow = true, LimitBytes = 3 }));
    }

    [Fact]
    public async Task A_line_longer_than_the_buffer_is_whole()
    {
        var text = new string('x', 300_000);
        await File.WriteAllTextAsync(File0, Head + text + "\n" + Head + "end\n");
        Assert.Equal(text + "\nend\n", await ReadAsync(new LogOptions()));
    }

    [Fact]
    public async Task Two_hundred_followers_share_one_queue_of_the_kernel()
    {
        // The kernel's usual limit is 128 queues for a user.
        var pipes = Enumerable.Range(0, 200).Select(_ => new Pipe()).ToList();
        var copying = pipes.Select(p => CopyAsync(new LogOptions { Follow = true }, p)).ToList();
        await File.WriteAllTextAsync(File0, Head + "one\n");
        var readers = pipes.Select(p => new StreamReader(p.Reader.AsStream())).ToList();
        foreach (var reader in readers)
        {
            Assert.Equal("one", await reader.ReadLineAsync(_limit.Token));
        }

        _running = false;
        await File.AppendAllTextAsync(File0, Head + "two\n");
        await Task.WhenAll(copying);
    }

    private async Task<string> ReadAsync(LogOptions options)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await CopyAsync(options, pipe);
        return await new StreamReader(pipe.Reader.AsStream()).ReadToEndAsync(_limit.Token);
    }

    private async Task CopyAsync(LogOptions options, Pipe pipe)
    {
        await _reader.CopyAsync(new LogSource(File0, _ => Task.FromResult(_running)), options, pipe.Writer, _limit.Token);
        await pipe.Writer.CompleteAsync();
    }
}
