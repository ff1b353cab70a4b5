using System.Net;
using System.Text;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Server.Encryption;
using Gantry.Store;
using Gantry.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Server.Tests.Encryption;

/// <summary>A store that outlives servers with different keys.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class EncryptionAtRestTests : IAsyncLifetime
{
    private const string KeyA = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
    private const string KeyB = "YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";
    private const string SecretKey = "/registry/core/secrets/default/a";

    private readonly string _folder = Directory.CreateTempSubdirectory("gantry-keys-").FullName;
    private readonly StoreEngine _store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);

    private string ConfigFile => Path.Combine(_folder, "keys.yaml");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task SecretsAreEncryptedInTheStoreAndPlainInFrontOfIt()
    {
        Configure(("a", KeyA));
        await using (var server = await StartAsync(FromFile))
        {
            await CreateAsync(server);
        }

        Assert.StartsWith("k8s:enc:aesgcm:v1:a:", await StoredAsync(), StringComparison.Ordinal);
        await using var again = await StartAsync(FromFile);
        Assert.Equal("hush", Encoding.ASCII.GetString((await SecretAsync(again)).Data["password"]));
    }

    [Fact]
    public async Task AWriteThatChangesNothingIsWrittenWithTheNewKey()
    {
        Configure(("a", KeyA));
        await using (var server = await StartAsync(FromFile))
        {
            await CreateAsync(server);
        }

        Configure(("b", KeyB), ("a", KeyA));
        await using (var server = await StartAsync(FromFile))
        {
            var secret = await SecretAsync(server);
            var replaced = await server.Client.UpdateAsync(secret);
            Assert.NotEqual(secret.Metadata.ResourceVersion, replaced.Value!.Metadata.ResourceVersion);
            Assert.StartsWith("k8s:enc:aesgcm:v1:b:", await StoredAsync(), StringComparison.Ordinal);
            var once = await server.Client.UpdateAsync(replaced.Value!);
            Assert.Equal(replaced.Value!.Metadata.ResourceVersion, once.Value!.Metadata.ResourceVersion);
        }

        Configure(("b", KeyB));
        await using var last = await StartAsync(FromFile);
        Assert.Equal("a", (await SecretAsync(last)).Metadata.Name);
    }

    [Fact]
    public async Task AMissingKeyIsToldAtTheStartAndLosesNothing()
    {
        Configure(("a", KeyA));
        await using (var server = await StartAsync(FromFile))
        {
            await CreateAsync(server);
        }

        var before = await StoredAsync();
        Configure(("b", KeyB));
        var wrong = await Assert.ThrowsAsync<EncryptionException>(() => StartAsync(FromFile));
        Assert.Contains($"1 of the stored secrets cannot be decrypted ({SecretKey}: no matching key was found for the provided AES transformer)", wrong.Message, StringComparison.Ordinal);
        var none = await Assert.ThrowsAsync<EncryptionException>(() => StartAsync(new EncryptionOptions()));
        Assert.Contains("identity transformer tried to read encrypted data", none.Message, StringComparison.Ordinal);
        Assert.Contains("--encryption-provider-config", none.Message, StringComparison.Ordinal);
        Assert.Equal(before, await StoredAsync());
    }

    [Fact]
    public async Task TheServersOwnKeyIsMadeOnceForItsOwnerOnly()
    {
        var own = new EncryptionOptions { Secrets = true };
        await using (var server = await StartAsync(own))
        {
            await CreateAsync(server);
        }

        var file = Path.Combine(_folder, "encryption-config.yaml");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.StartsWith("k8s:enc:aesgcm:v1:key1:", await StoredAsync(), StringComparison.Ordinal);
        await using (var again = await StartAsync(own))
        {
            Assert.Equal("a", (await SecretAsync(again)).Metadata.Name);
        }

        var error = await Assert.ThrowsAsync<EncryptionException>(() => StartAsync(new EncryptionOptions()));
        Assert.Contains("--secrets-encryption", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFileThatEverybodyMayReadIsRefused()
    {
        Configure(("a", KeyA));
        File.SetUnixFileMode(ConfigFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        var error = await Assert.ThrowsAsync<EncryptionException>(() => StartAsync(FromFile));
        Assert.Contains("chmod 600", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AChangedFileIsTakenInOnlyWhenItStillReadsEverything()
    {
        Configure(("a", KeyA));
        var clock = new ManualTimeProvider();
        var store = (IStore)_store;
        var encryption = EncryptionAtRest.Open(
            FromFile with { AutomaticReload = true }, _folder, "node", new ApiServerParts { Store = store, Clock = clock, Logs = NullLoggerFactory.Instance });
        using var _ = encryption;
        await encryption.Store.CommitAsync(StoreTransaction.Put(SecretKey, "{}"u8.ToArray()));
        using var stop = new CancellationTokenSource();
        var running = encryption.RunAsync(stop.Token);

        Configure(("b", KeyB));
        await TickAsync(clock, () => encryption.Fault is not null);
        Assert.Contains("lacks keys that are in use: 1 of the stored secrets", encryption.Fault, StringComparison.Ordinal);

        Configure(("b", KeyB), ("a", KeyA));
        await TickAsync(clock, () => encryption.Fault is null);
        await encryption.Store.CommitAsync(StoreTransaction.Put(SecretKey, "{}"u8.ToArray()));
        Assert.StartsWith("k8s:enc:aesgcm:v1:b:", await StoredAsync(), StringComparison.Ordinal);

        var figures = new StringBuilder();
        encryption.Append(figures);
        Assert.Contains("status=\"success\"} 1", figures.ToString(), StringComparison.Ordinal);
        Assert.Contains("status=\"failure\"} 1", figures.ToString(), StringComparison.Ordinal);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static async Task TickAsync(ManualTimeProvider clock, Func<bool> condition)
    {
        await Eventually.Until(() => clock.ArmedTimers > 0);
        clock.Advance(TimeSpan.FromMinutes(1));
        await Eventually.Until(condition);
    }

    private EncryptionOptions FromFile => new() { ConfigFile = ConfigFile };

    private void Configure(params (string Name, string Key)[] keys)
    {
        var names = string.Join(", ", keys.Select(k => $"{{name: {k.Name}, secret: {k.Key}}}"));
        File.WriteAllText(ConfigFile, $"kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources: [{{resources: [secrets], providers: [{{aesgcm: {{keys: [{names}]}}}}, {{identity: {{}}}}]}}]\n");
        File.SetUnixFileMode(ConfigFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private Task<ApiServer> StartAsync(EncryptionOptions encryption) => ApiServer.StartAsync(
        new ApiServerOptions { DataDirectory = _folder, Listen = new IPEndPoint(IPAddress.Loopback, 0), Encryption = encryption },
        new ApiServerParts { Store = _store, Logs = NullLoggerFactory.Instance });

    private static async Task CreateAsync(ApiServer server)
    {
        var made = await server.Client.CreateAsync(new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "a", Namespace = "default" },
            Data = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["password"] = "hush"u8.ToArray() },
        });
        Assert.Null(made.Error);
    }

    private static async Task<V1Secret> SecretAsync(ApiServer server) => (await server.Client.GetAsync<V1Secret>("default", "a"))!;

    private async Task<string> StoredAsync() =>
        Encoding.Latin1.GetString((await _store.RangeAsync(RangeQuery.One(SecretKey))).Require().Items.Single().Value.Span);
}
