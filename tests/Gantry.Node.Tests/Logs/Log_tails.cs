using System.Text;
using Gantry.Node.Logs;

namespace Gantry.Node.Tests.Logs;

public sealed class Log_tails : IDisposable
{
    private const string Head = "2026-01-02T03:04:05.123456789Z stdout ";
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "c\n")]
    [InlineData(2, "b\nc\n")]
    [InlineData(3, "a\nb\nc\n")]
    [InlineData(99, "a\nb\nc\n")]
    public void The_last_lines_are_found(int lines, string shown) => Assert.Equal(shown, Tail(lines, Head + "F a\n", Head + "F b\n", Head + "F c\n"));

    [Fact]
    public void Parts_count_as_one_line_and_an_unfinished_line_counts()
    {
        string[] log = [Head + "F a\n", Head + "P b1 \n", Head + "P b2 \n", Head + "F b3\n", Head + "P c1 \n", Head + "P c2"];
        Assert.Equal("c1 c2", Tail(1, log));
        Assert.Equal("b1 b2 b3\nc1 c2", Tail(2, log));
        Assert.Equal("a\nb1 b2 b3\nc1 c2", Tail(3, log));
    }

    [Fact]
    public void An_empty_log_has_an_empty_tail() => Assert.Equal("", Tail(5));

    [Fact]
    public void Tails_of_random_logs_are_what_counting_from_the_start_gives()
    {
        // Lines of all lengths up to more than a block of the search, so that every boundary falls everywhere.
        var random = new Random(7);
        for (var round = 0; round < 60; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(40); i >= 0; i--)
            {
                var size = random.Next(4) == 0 ? random.Next(140_000) : random.Next(100);
                text.Append(Head).Append(random.Next(3) == 0 ? "P " : "F ").Append((char)('a' + random.Next(26)), size).Append('\n');
            }

            File.WriteAllText(_path, text.ToString());
            var physical = text.ToString().Split('\n')[..^1];
            var starts = new List<long>();
            for (var (i, at, fresh) = (0, 0L, true); i < physical.Length; at += physical[i].Length + 1, i++)
            {
                if (fresh)
                {
                    starts.Add(at);
                }

                fresh = physical[i][Head.Length] == 'F';
            }

            using var file = File.OpenHandle(_path);
            var length = RandomAccess.GetLength(file);
            for (var lines = 0; lines <= starts.Count + 1; lines++)
            {
                var expected = lines == 0 ? length : starts[Math.Max(0, starts.Count - lines)];
                Assert.Equal(expected, LogTail.Find(file, length, lines));
            }
        }
    }

    private string Tail(int lines, params string[] log)
    {
        File.WriteAllText(_path, string.Concat(log));
        using var file = File.OpenHandle(_path);
        var from = LogTail.Find(file, RandomAccess.GetLength(file), lines);
        var selection = new LogSelection(new LogOptions());
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        foreach (var line in File.ReadAllText(_path)[(int)from..].Split('\n').Where(l => l.Length > 0))
        {
            selection.Write(Encoding.UTF8.GetBytes(line), output);
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
