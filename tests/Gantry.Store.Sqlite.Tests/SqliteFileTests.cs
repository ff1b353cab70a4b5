using System.Buffers.Binary;
using System.Text;
using Gantry.Testing;

namespace Gantry.Store.Sqlite.Tests;

public sealed class SqliteFileTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly ManualTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_written_is_there_after_opening_again()
    {
        Revision first, last;
        await using (var store = Open())
        {
            first = await store.PutAsync("a", "1");
            await store.PutAsync("a", "2");
            await store.PutAsync("b", "gone");
            last = Assert.IsType<CommitResult.Committed>(await store.CommitAsync(StoreTransaction.Delete("b"))).At;
        }
        await using (var store = Open())
        {
            Assert.Equal(last, await store.CurrentRevisionAsync());
            Assert.Equal("2", await store.TextAsync("a"));
            Assert.Equal(2, (await store.GetAsync("a"))!.Version);
            Assert.Null(await store.GetAsync("b"));
            Assert.Equal(2, (await store.HistoryAsync("b")).Changes.Count);
            var batch = await store.FirstAsync(new WatchFrom { After = first });
            Assert.Equal("1", Encoding.UTF8.GetString(batch.Changes.Single().Previous!.Value.Span));
            Assert.True(await store.PutAsync("c", "3") > last);
        }
    }

    [Fact]
    public async Task Compaction_and_revision_survive_even_when_no_row_is_left()
    {
        Revision last;
        await using (var store = Open())
        {
            await store.PutAsync("a", "1");
            last = Assert.IsType<CommitResult.Committed>(await store.CommitAsync(StoreTransaction.Delete("a"))).At;
            await store.CompactAsync(last);
            Assert.Empty((await store.HistoryAsync("a")).Changes);
        }
        await using (var store = Open())
        {
            Assert.Equal(last, await store.CurrentRevisionAsync());
            Assert.Equal(last, store.Health.Oldest);
            Assert.True(await store.PutAsync("a", "2") > last);
        }
    }

    [Fact]
    public async Task A_second_store_on_the_file_is_refused_until_the_first_is_closed()
    {
        await using (var store = Open())
        {
            Assert.Equal(StoreFileProblem.InUse, Assert.Throws<StoreFileException>(Open).Problem);
        }
        await Open().DisposeAsync();
    }

    [Fact]
    public async Task The_files_are_for_their_owner_only()
    {
        await using var store = Open();
        await store.PutAsync("secret", "x");
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_folder.File)!))
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }
    }

    [Fact]
    public async Task A_file_of_a_newer_program_is_refused_and_left_as_it_is()
    {
        await Open().DisposeAsync();
        Poke(60, version => BinaryPrimitives.WriteInt32BigEndian(version, 99));
        var before = await File.ReadAllBytesAsync(_folder.File);
        var fault = Assert.Throws<StoreFileException>(Open);
        Assert.Equal(StoreFileProblem.Newer, fault.Problem);
        Assert.Contains("99", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.File));
    }

    [Fact]
    public async Task A_database_of_another_program_is_refused()
    {
        await Open().DisposeAsync();
        Poke(68, application => BinaryPrimitives.WriteInt32BigEndian(application, 1234));
        Assert.Equal(StoreFileProblem.Foreign, Assert.Throws<StoreFileException>(Open).Problem);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_called_damaged()
    {
        await File.WriteAllTextAsync(_folder.File, string.Concat(Enumerable.Repeat("this is not a database\n", 500)));
        var fault = Assert.Throws<StoreFileException>(Open);
        Assert.Equal(StoreFileProblem.Damaged, fault.Problem);
        Assert.Contains(_folder.File, fault.Message, StringComparison.Ordinal);
        Assert.IsType<VerifyResult.Damaged>(Snapshots.Verify(_folder.File));
    }

    [Fact]
    public async Task A_flipped_bit_in_a_value_is_found_when_opening_and_when_verifying()
    {
        await using (var store = Open())
        {
            await store.PutAsync("a", "the value that will be damaged");
        }
        Assert.Equal(1, Assert.IsType<VerifyResult.Sound>(Snapshots.Verify(_folder.File)).Keys);
        var at = (await File.ReadAllBytesAsync(_folder.File)).AsSpan().IndexOf("will be damaged"u8);
        Poke(at, bytes => bytes[0] ^= 1);
        var fault = Assert.Throws<StoreFileException>(Open);
        Assert.Equal(StoreFileProblem.Damaged, fault.Problem);
        var problems = Assert.IsType<VerifyResult.Damaged>(Snapshots.Verify(_folder.File)).Problems;
        Assert.Contains("the row of a ", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_page_is_found_when_verifying()
    {
        await using (var store = Open())
        {
            await store.FillAsync("/k/", 500, 500);
        }
        Poke(40 * 4096, bytes => bytes.Fill(0xAB));
        Assert.IsType<VerifyResult.Damaged>(Snapshots.Verify(_folder.File));
    }

    [Fact]
    public async Task Flipping_any_bit_never_makes_a_verified_store_read_wrong()
    {
        await using (var store = Open())
        {
            for (var i = 0; i < 40; i++)
            {
                await store.PutAsync($"/k/{i % 10}", $"value {i}");
            }
        }
        var whole = await File.ReadAllBytesAsync(_folder.File);
        var random = new Random(7);
        for (var round = 0; round < 60; round++)
        {
            await File.WriteAllBytesAsync(_folder.File, whole);
            Poke(random.Next(100, whole.Length), bytes => bytes[0] ^= (byte)(1 << random.Next(8)));
            if (Snapshots.Verify(_folder.File) is not VerifyResult.Sound)
            {
                continue;
            }
            await using var store = Open();
            for (var i = 30; i < 40; i++)
            {
                Assert.Equal($"value {i}", await store.TextAsync($"/k/{i % 10}"));
            }
        }
    }

    private SqliteStore Open() => SqliteStore.Open(_folder.Options(), _clock);

    private void Poke(long offset, SpanAction change)
    {
        using var file = new FileStream(_folder.File, FileMode.Open, FileAccess.ReadWrite);
        var bytes = new byte[4];
        file.Position = offset;
        var read = file.ReadAtLeast(bytes, 1, throwOnEndOfStream: false);
        change(bytes);
        file.Position = offset;
        file.Write(bytes.AsSpan(0, read));
    }

    private delegate void SpanAction(Span<byte> bytes);
}
