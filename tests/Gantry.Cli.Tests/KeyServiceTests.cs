using System.Net;
using System.Text;
using Gantry.Api.Models;
using Gantry.Cli.Kms;
using Gantry.Client;
using Gantry.Server;
using Gantry.Server.Encryption;
using Gantry.Server.Encryption.Kms;
using Gantry.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Cli.Tests;

/// <summary>Secrets whose keys a plugin keeps, over gRPC.</summary>
public sealed class KeyServiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gantry-kms-").FullName;

    private string Socket => Path.Combine(_folder, "kms.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_server_keeps_its_secrets_under_a_key_of_the_plugin_and_reads_them_after_a_restart()
    {
        await using var plugin = await KeyPlugin.StartAsync(Socket);
        await using var store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
        await using (var server = await ServerAsync(store))
        {
            var made = await server.Client.CreateAsync(new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = "a", Namespace = "default" },
                Data = new Dictionary<string, byte[]>(StringComparer.Ordinal) { ["password"] = "hush"u8.ToArray() },
            });
            Assert.Null(made.Error);
        }

        var stored = (await ((IStore)store).RangeAsync(RangeQuery.One("/registry/core/secrets/default/a"))).Require().Items.Single().Value;
        Assert.StartsWith("k8s:enc:kms:v2:plugin:", Encoding.Latin1.GetString(stored.Span), StringComparison.Ordinal);
        Assert.DoesNotContain("password", Encoding.Latin1.GetString(stored.Span), StringComparison.Ordinal);
        plugin.KeyId = "second";
        await using (var again = await ServerAsync(store))
        {
            Assert.Equal("hush", Encoding.ASCII.GetString((await again.Client.GetAsync<V1Secret>("default", "a"))!.Data["password"]));
        }

        Assert.Equal(["Status", "Encrypt", "Status", "Encrypt", "Decrypt"], plugin.Calls);
        plugin.Fails = (14, "gone");
        await using var waiting = await ServerAsync(store);
        var unread = await Assert.ThrowsAsync<ApiException>(async () => await waiting.Client.GetAsync<V1Secret>("default", "a"));
        Assert.Contains("failed to decrypt DEK, error: rpc error: code = Unavailable desc = gone", unread.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_come_in_the_words_of_gRPC()
    {
        using var absent = GrpcKeyService.Over(TimeProvider.System)(Socket, TimeSpan.FromSeconds(3));
        Assert.Equal(
            $"rpc error: code = Unavailable desc = connection error: desc = \"transport: Error while dialing: dial unix {Socket}: connect: no such file or directory\"",
            (await Assert.ThrowsAsync<KeyServiceException>(async () => await absent.StatusAsync(default))).Message);

        await using var plugin = await KeyPlugin.StartAsync(Socket);
        using var service = GrpcKeyService.Over(TimeProvider.System)(Socket, TimeSpan.FromMilliseconds(200));
        Assert.Equal(new KeyServiceStatus("v2", "ok", "first"), await absent.StatusAsync(default));
        plugin.Fails = (7, "not today");
        Assert.Equal(
            "rpc error: code = PermissionDenied desc = not today",
            (await Assert.ThrowsAsync<KeyServiceException>(async () => await absent.EncryptAsync(Guid.Empty.ToString(), new byte[1], default))).Message);
        plugin.Hangs = true;
        Assert.Equal(
            "rpc error: code = DeadlineExceeded desc = context deadline exceeded",
            (await Assert.ThrowsAsync<KeyServiceException>(async () => await service.StatusAsync(default))).Message);
    }

    [Fact]
    public async Task A_socket_without_a_file_is_found_by_its_name()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var name = "gantry-kms-" + Guid.NewGuid().ToString("N");
        await using var plugin = await KeyPlugin.StartAsync("\0" + name);
        using var service = GrpcKeyService.Over(TimeProvider.System)("@" + name, TimeSpan.FromSeconds(3));
        Assert.Equal("first", (await service.StatusAsync(default)).KeyId);
    }

    private Task<ApiServer> ServerAsync(StoreEngine store)
    {
        var file = Path.Combine(_folder, "keys.yaml");
        File.WriteAllText(file, $"kind: EncryptionConfiguration\napiVersion: apiserver.config.k8s.io/v1\nresources: [{{resources: [secrets], providers: [{{kms: {{apiVersion: v2, name: plugin, endpoint: 'unix://{Socket}'}}}}, {{identity: {{}}}}]}}]\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return ApiServer.StartAsync(
            new ApiServerOptions { DataDirectory = _folder, Listen = new IPEndPoint(IPAddress.Loopback, 0), Encryption = new EncryptionOptions { ConfigFile = file } },
            new ApiServerParts { Store = store, Logs = NullLoggerFactory.Instance, KeyService = GrpcKeyService.Over(TimeProvider.System) });
    }
}
