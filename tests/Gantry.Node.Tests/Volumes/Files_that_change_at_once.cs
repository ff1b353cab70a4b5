using System.Text;
using Gantry.Node.Volumes;

namespace Gantry.Node.Tests.Volumes;

public sealed class Files_that_change_at_once : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("gantry-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Show_names_through_one_link()
    {
        Assert.True(Write(("a", "1"), ("sub/b", "2")));
        Assert.Equal("1", Read("a"));
        Assert.Equal("2", Read("sub/b"));
        Assert.Equal("..data/a", new FileInfo(Path.Combine(_folder, "a")).LinkTarget);
    }

    [Fact]
    public void Stay_when_nothing_changed()
    {
        Write(("a", "1"));
        var version = new FileInfo(Path.Combine(_folder, "..data")).LinkTarget;
        Assert.False(Write(("a", "1")));
        Assert.Equal(version, new FileInfo(Path.Combine(_folder, "..data")).LinkTarget);
    }

    [Fact]
    public void Change_together_and_leave_nothing_of_before()
    {
        Write(("a", "1"), ("gone", "x"));
        Assert.True(Write(("a", "2"), ("new", "y")));
        Assert.Equal(["..data", "a", "new"], Directory.EnumerateFileSystemEntries(_folder).Select(e => Path.GetFileName(e)!).Where(n => !n.StartsWith("..2", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal("2", Read("a"));
        Assert.Single(Directory.EnumerateDirectories(_folder, "..2*"));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/etc/x")]
    [InlineData("a/../../x")]
    [InlineData("..data")]
    public void Never_leave_the_folder(string path) => Assert.Throws<IOException>(() => Write((path, "1")));

    private bool Write(params (string Path, string Text)[] files) =>
        AtomicFiles.Write(_folder, [.. files.Select(f => new VolumeFile(f.Path, Encoding.UTF8.GetBytes(f.Text), 0b110_100_100))], null, Now);

    private string Read(string path) => File.ReadAllText(Path.Combine(_folder, path));
}
