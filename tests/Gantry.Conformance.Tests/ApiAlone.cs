using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Gantry.Server;
using Gantry.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Conformance.Tests;

/// <summary>An API server without loops and nodes on a free port, over a store in memory, and a client that may do everything.</summary>
public sealed class ApiAlone : IAsyncLifetime, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gantry-conformance-");
    private readonly StoreEngine _store = StoreEngine.InMemory(new StoreOptions(), TimeProvider.System);
    private ApiServer _server = null!;

    public HttpClient Http { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var tokens = Path.Combine(_folder.FullName, "tokens.csv");
        await File.WriteAllTextAsync(tokens, "t0ken,admin,1,\"system:masters\"\n");
        var options = new ApiServerOptions
        {
            DataDirectory = _folder.FullName,
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            TokenFile = tokens,
            ServiceRange = IPNetwork.Parse("10.96.0.0/16"),
        };
        _server = await ApiServer.StartAsync(options, new ApiServerParts { Store = _store, Logs = NullLoggerFactory.Instance });
        Http = new HttpClient(Trusting(_server)) { BaseAddress = _server.Address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "t0ken");
    }

    /// <summary>Forgets every revision but the current one.</summary>
    public async Task CompactAsync() => await _store.CompactAsync(await _store.CurrentRevisionAsync());

    public async Task DisposeAsync()
    {
        Dispose();
        await _server.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public void Dispose() => Http.Dispose();

    /// <summary>Connections that trust this server's authority.</summary>
    internal static SocketsHttpHandler Trusting(ApiServer server) => new()
    {
        SslOptions =
        {
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { server.Pki.Authority.Certificate }, RevocationMode = X509RevocationMode.NoCheck,
            },
        },
    };
}
