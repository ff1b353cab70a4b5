using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Api.Models;
using Gantry.Client;
using Gantry.Server.Encryption;
using Gantry.Server.Encryption.Kms;
using Gantry.Store;
using Gantry.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Server.Tests.Encryption;

/// <summary>Values whose keys a plugin keeps.</summary>
public sealed class KmsTests : IAsyncLifetime, IDisposable
{
    private const string SecretKey = "/registry/core/secrets/default/a";

    private readonly string _folder = Directory.CreateTempSubdirectory("gantry-kms-").FullName;
    private readonly StoreEngine _store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
    private readonly FakeKeyService _plugin = new();
    private readonly ManualTimeProvider _clock = new();

    public Task InitializeAsync()
    {
        Configure("kms: {apiVersion: v2, name: vault, endpoint: 'unix:///run/vault.sock', timeout: 5s}");
        return Task.CompletedTask;
    }

    public void Dispose() => _plugin.Dispose();

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Values_are_stored_in_Kubernetes_envelope_and_the_plugin_is_asked_once_for_each_seed()
    {
        using (var encryption = await OpenAsync())
        {
            Assert.Equal(("/run/vault.sock", TimeSpan.FromSeconds(5)), _plugin.Connected);
            await PutAsync(encryption, "one");
            await PutAsync(encryption, "two");
            Assert.Equal(["status", "encrypt"], _plugin.Calls);
        }

        var stored = await StoredAsync();
        Assert.StartsWith("k8s:enc:kms:v2:vault:", Encoding.Latin1.GetString(stored.Span), StringComparison.Ordinal);
        var read = EncryptedObject.Decode(stored["k8s:enc:kms:v2:vault:".Length..]);
        Assert.Equal(("key-1", EncryptedObject.Seed, 32, 32 + 12 + 3 + 16), (read.Key.KeyId, read.SourceType, read.Key.Ciphertext.Length, read.Data.Length));
        Assert.Equal([1], read.Key.Annotations["version.example.com"]);

        using var again = await OpenAsync();
        Assert.Equal("two", await ValueAsync(again));
        Assert.Equal("two", await ValueAsync(again));
        Assert.Equal(["status", "encrypt", "status", "encrypt", "decrypt key-1"], _plugin.Calls);
        var figures = new StringBuilder();
        again.Append(figures);
        Assert.Contains("transformation_type=\"from_storage\"} 2\n", figures.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "apiserver_envelope_encryption_kms_operations_latency_seconds_count{grpc_status_code=\"OK\",method_name=\"/v2.KeyManagementService/Decrypt\",provider_name=\"vault\"} 1\n",
            figures.ToString(), StringComparison.Ordinal);
        Assert.Contains("apiserver_envelope_encryption_dek_source_cache_size{provider_name=\"vault\"} 1\n", figures.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_of_one_key_of_AES_is_read_too_and_is_stale()
    {
        var key = new byte[32];
        var data = new AesGcmCipher(key).Encrypt([], "old"u8, "/registry/secrets/default/a"u8);
        var stored = new EncryptedObject(data, new WrappedKey("key-1", key, _plugin.Annotations), 0).Encode("k8s:enc:kms:v2:vault:"u8);
        await ((IStore)_store).CommitAsync(StoreTransaction.Put(SecretKey, stored));
        using var encryption = await OpenAsync();
        Assert.Equal("old", await ValueAsync(encryption));
        Assert.True(await ((EncryptedStore)encryption.Store).IsStaleAsync(SecretKey, CancellationToken.None));
        await PutAsync(encryption, "new");
        Assert.False(await ((EncryptedStore)encryption.Store).IsStaleAsync(SecretKey, CancellationToken.None));
    }

    [Fact]
    public async Task A_new_key_of_the_plugin_makes_a_new_seed_at_the_next_look_and_old_values_stale()
    {
        using var encryption = await OpenAsync();
        using var stop = new CancellationTokenSource();
        var running = encryption.RunAsync(stop.Token);
        await PutAsync(encryption, "one");
        _plugin.KeyId = "key-2";
        await TickAsync(TimeSpan.FromMinutes(1), () => _plugin.Calls.Count(c => c == "encrypt") == 2);
        Assert.True(await ((EncryptedStore)encryption.Store).IsStaleAsync(SecretKey, CancellationToken.None));
        await PutAsync(encryption, "one");
        Assert.Equal("key-2", EncryptedObject.Decode((await StoredAsync())["k8s:enc:kms:v2:vault:".Length..]).Key.KeyId);
        Assert.Equal("one", await ValueAsync(encryption));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task A_plugin_that_fails_leaves_three_minutes_and_is_told_of_by_the_health_check()
    {
        using var encryption = await OpenAsync();
        Assert.Null(await encryption.CheckAsync(CancellationToken.None));
        _plugin.Fault = "rpc error: code = Unavailable desc = gone";
        _clock.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(
            "failed to perform status section of the healthz check for KMS Provider vault, error: rpc error: code = Unavailable desc = gone",
            await encryption.CheckAsync(CancellationToken.None));
        await PutAsync(encryption, "one");
        Assert.Equal("one", await ValueAsync(encryption));

        _clock.Advance(TimeSpan.FromMinutes(3));
        var failure = await Assert.ThrowsAsync<EncryptionException>(() => PutAsync(encryption, "two"));
        Assert.Matches("^encryptedDEKSource with keyID hash \"sha256:[0-9a-f]{64}\" expired at .*Z \\(current time is .*Z\\)$", failure.Message);
        Assert.Equal("one", await ValueAsync(encryption));

        // Its key is still the same: the seed is good again without a new one.
        _plugin.Fault = null;
        Assert.Null(await encryption.CheckAsync(CancellationToken.None));
        await PutAsync(encryption, "two");
        Assert.Single(_plugin.Calls, c => c == "encrypt");
    }

    [Theory]
    [InlineData("v2", "sick", "key-1", null, "kmsv2 Provider vault is not healthy, error: got unexpected healthz status: sick")]
    [InlineData("v1", "ok", "key-1", null, "kmsv2 Provider vault is not healthy, error: expected KMSv2 API version v2, got v1")]
    [InlineData("v2", "ok", "", null, "kmsv2 Provider vault is not healthy, error: got invalid KMSv2 KeyID hash \"\": keyID is empty")]
    [InlineData("v2", "ok", "key-1", "key-2", "kmsv2 Provider vault is not healthy, error: failed to rotate DEK uid=\"")]
    public async Task What_a_plugin_says_of_itself_is_judged_in_Kubernetes_words(string version, string health, string keyId, string? other, string fault)
    {
        (_plugin.Version, _plugin.Health, _plugin.KeyId, _plugin.OtherKeyId) = (version, health, keyId, other);
        using var encryption = await OpenAsync();
        Assert.StartsWith(fault, await encryption.CheckAsync(CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_that_cannot_be_decrypted_is_asked_for_once_in_a_while()
    {
        using (var encryption = await OpenAsync())
        {
            await PutAsync(encryption, "one");
        }

        using var again = await OpenAsync();
        _plugin.Fault = "rpc error: code = Unknown desc = no";
        var failure = await Assert.ThrowsAsync<EncryptionException>(() => ValueAsync(again));
        Assert.Equal($"unable to transform key \"{SecretKey}\": failed to decrypt DEK, error: rpc error: code = Unknown desc = no", failure.Message);
        await Assert.ThrowsAsync<EncryptionException>(() => ValueAsync(again));
        Assert.Single(_plugin.Calls, c => c.StartsWith("decrypt", StringComparison.Ordinal));
        _plugin.Fault = null;
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("one", await ValueAsync(again));
    }

    [Fact]
    public async Task Health_and_writes_of_a_server_tell_of_the_plugin()
    {
        _plugin.Fault = Gone;
        using var log = new LogLines();
        await using var server = await StartAsync(log);
        using var http = Http(server);
        using var health = await http.GetAsync("/readyz");
        Assert.Equal(500, (int)health.StatusCode);
        Assert.Contains("[-]kms-providers failed: reason withheld\n", await health.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var failure = await server.Client.CreateAsync(Secret("a"));
        Assert.Equal((500, "got unexpected nil transformer"), (failure.Error?.Code, failure.Error?.Message));
        var line = Assert.Single(log.Lines, l => l.Text.EndsWith(": got unexpected nil transformer", StringComparison.Ordinal));
        Assert.Equal(("create of secrets failed: got unexpected nil transformer", null), line);
    }

    [Fact]
    public async Task A_server_starts_while_the_plugin_is_away_and_what_has_its_key_is_read_when_it_is_back()
    {
        await using (var before = await StartAsync(NullLoggerFactory.Instance))
        {
            Assert.Null((await before.Client.CreateAsync(Secret("a"))).Error);
        }

        _plugin.Fault = Gone;
        await using var server = await StartAsync(NullLoggerFactory.Instance);
        var why = $"unable to transform key \"{SecretKey}\": failed to decrypt DEK, error: {Gone}";
        var client = server.Client;
        Assert.Equal(why, (await Assert.ThrowsAsync<ApiException>(async () => await client.GetAsync<V1Secret>("default", "a"))).Message);
        Assert.Equal(why, (await Assert.ThrowsAsync<ApiException>(async () => await client.ListAsync<V1Secret>(new ListQuery()))).Message);
        Assert.Equal(why, (await Assert.ThrowsAsync<ApiException>(async () => await client.WatchAsync<V1Secret>(new WatchQuery()).FirstAsync())).Message);
        Assert.Equal((500, why), Shown((await client.DeleteAsync<V1Secret>("default", "a")).Error));
        Assert.Equal((500, why), Shown((await client.UpdateAsync(Secret("a"))).Error));
        Assert.Null(await client.GetAsync<V1Secret>("default", "b"));
        Assert.Empty((await client.ListAsync<V1Secret>(new ListQuery { Namespace = "kube-system" })).Items);
        Assert.NotNull(await client.GetAsync<V1Namespace>("", "default"));

        _plugin.Fault = null;
        // A failure is not forgotten at once.
        using var http = Http(server);
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        while (!await IsReadyAsync(http, limit.Token) || !await IsReadAsync(client, limit.Token))
        {
            await Task.Yield();
        }

        Assert.Equal("hush", Encoding.UTF8.GetString((await client.GetAsync<V1Secret>("default", "a"))!.Data["password"]));
        Assert.Single((await client.ListAsync<V1Secret>(new ListQuery())).Items);
        Assert.Null((await client.CreateAsync(Secret("b"))).Error);
        Assert.Null((await client.DeleteAsync<V1Secret>("default", "a")).Error);
        Assert.Equal("b", Assert.Single((await client.ListAsync<V1Secret>(new ListQuery())).Items).Metadata.Name);
    }

    private const string Gone = "rpc error: code = Unavailable desc = gone";

    private static (int?, string?) Shown(ApiError? error) => (error?.Code, error?.Message);

    private static async Task<bool> IsReadyAsync(HttpClient http, CancellationToken cancellation)
    {
        using var answer = await http.GetAsync("/readyz", cancellation);
        return answer.IsSuccessStatusCode;
    }

    private static async Task<bool> IsReadAsync(InProcess.InProcessApiClient client, CancellationToken cancellation)
    {
        try
        {
            return await client.GetAsync<V1Secret>("default", "a", cancellation) is not null;
        }
        catch (ApiException e) when (e.Error.Code == 500)
        {
            return false;
        }
    }

    private static V1Secret Secret(string name) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, Namespace = "default" },
        Data = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["password"] = "hush"u8.ToArray() },
    };

    private Task<ApiServer> StartAsync(ILoggerFactory logs) => ApiServer.StartAsync(
        new ApiServerOptions
        {
            DataDirectory = _folder, Listen = new IPEndPoint(IPAddress.Loopback, 0), Encryption = new EncryptionOptions { ConfigFile = Path.Combine(_folder, "keys.yaml") },
        },
        new ApiServerParts { Store = _store, Logs = logs, KeyService = _plugin.Connect });

    private static HttpClient Http(ApiServer server)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { server.Pki.Authority.Certificate }, RevocationMode = X509RevocationMode.NoCheck };
        return new HttpClient(new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } }) { BaseAddress = server.Address };
    }

    private async Task<EncryptionAtRest> OpenAsync()
    {
        var encryption = EncryptionAtRest.Open(
            new EncryptionOptions { ConfigFile = Path.Combine(_folder, "keys.yaml") }, _folder, "node",
            new ApiServerParts { Store = _store, Clock = _clock, Logs = NullLoggerFactory.Instance, KeyService = _plugin.Connect });
        _ = await encryption.CheckAsync(CancellationToken.None);
        return encryption;
    }

    private async Task TickAsync(TimeSpan by, Func<bool> condition)
    {
        await Eventually.Until(() => _clock.ArmedTimers > 0);
        _clock.Advance(by);
        await Eventually.Until(condition);
    }

    private void Configure(string provider)
    {
        var file = Path.Combine(_folder, "keys.yaml");
        File.WriteAllText(file, $"kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources: [{{resources: [secrets], providers: [{{{provider}}}, {{identity: {{}}}}]}}]\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static async Task PutAsync(EncryptionAtRest encryption, string value) => await encryption.Store.CommitAsync(StoreTransaction.Put(SecretKey, Encoding.UTF8.GetBytes(value)));

    private static async Task<string> ValueAsync(EncryptionAtRest encryption) =>
        Encoding.UTF8.GetString((await encryption.Store.RangeAsync(RangeQuery.One(SecretKey))).Require().Items.Single().Value.Span);

    private async Task<ReadOnlyMemory<byte>> StoredAsync() => (await _store.RangeAsync(RangeQuery.One(SecretKey))).Require().Items.Single().Value;
}
