using System.Text;
using Gantry.Cli.Commands;

namespace Gantry.Cli.Tests;

public sealed class DataFolderTests
{
    [Fact]
    public void The_default_directory_has_plain_names()
    {
        var folder = new DataFolder("/var/lib/gantry/");
        Assert.Equal(("gantry", "gantry0", "/run/gantry", ""), (folder.NetworkName, folder.Bridge, folder.Run, folder.Option));
    }

    [Fact]
    public void Two_directories_share_no_name()
    {
        var (one, other) = (new DataFolder("/srv/one"), new DataFolder("/srv/other"));
        Assert.NotEqual(one.NetworkName, other.NetworkName);
        Assert.NotEqual(one.Bridge, other.Bridge);
        Assert.NotEqual(one.Run, other.Run);
        Assert.Equal(" --data-dir /srv/one", one.Option);
    }

    [Theory]
    [InlineData("/var/lib/gantry")]
    [InlineData("/a/very/long/path/that/somebody/keeps/a/cluster/in/because/the/disk/is/mounted/there/and/nowhere/else/on/this/machine")]
    public void Names_fit_into_what_the_kernel_allows(string path)
    {
        var folder = new DataFolder(path);
        Assert.InRange(folder.Bridge.Length, 1, 15);
        Assert.InRange((folder.NetworkName + "-svc").Length, 1, 15);
        Assert.InRange(Encoding.UTF8.GetByteCount(folder.Run + "/containerd/containerd.sock.ttrpc"), 1, 107);
    }

    [Fact]
    public void A_directory_is_made_for_its_owner_alone()
    {
        var root = Path.Combine(Directory.CreateTempSubdirectory().FullName, "data");
        new DataFolder(root).Make();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(root));
        Directory.Delete(Path.GetDirectoryName(root)!, recursive: true);
    }
}
