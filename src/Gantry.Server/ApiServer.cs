using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gantry.Api.Models;
using Gantry.Server.Admission.Policies;
using Gantry.Server.Aggregation;
using Gantry.Server.Bootstrap;
using Gantry.Server.Certificates;
using Gantry.Server.Encryption;
using Gantry.Server.Flows;
using Gantry.Server.CustomResources;
using Gantry.Server.Http;
using Gantry.Server.InProcess;
using Gantry.Server.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gantry.Server;

/// <summary>The API server: HTTPS with HTTP/1.1, HTTP/2 and WebSockets over the pipeline, its certificates, and the loop that follows the store.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly ServerCore _core;
    private readonly WebApplication _web;
    private readonly StopSignal _stop;
    private readonly RequestMetrics _requests;
    private readonly CancellationTokenSource _stopping;
    private readonly CancellationTokenSource _ended;
    private readonly Task _following;
    private readonly EncryptionAtRest _encryption;
    private int _disposed;

    private ApiServer(
        ServerCore core, ClusterPki pki, WebApplication web, StopSignal stop, RequestMetrics requests, CancellationTokenSource stopping,
        CancellationTokenSource ended, Task following, Uri address, EncryptionAtRest encryption)
    {
        _encryption = encryption;
        _stop = stop;
        _requests = requests;
        _core = core;
        Pki = pki;
        _web = web;
        _stopping = stopping;
        _ended = ended;
        _following = following;
        Address = address;
    }

    /// <summary>Where the API is served, with the port that was taken.</summary>
    public Uri Address { get; }

    public ClusterPki Pki { get; }

    /// <summary>The objects as the server itself sees them, in memory.</summary>
    public IObjects Objects => _core.Registry;

    /// <summary>The API for loops of this process, as the server itself.</summary>
    public InProcessApiClient Client => _core.Client;

    /// <summary>The token of a service account that one of its Secrets keeps.</summary>
    public string SecretToken(V1ServiceAccount account, V1Secret secret) =>
        _core.Identities.Issuer.IssueForSecret(account.Metadata.Namespace, account.Metadata.Name, account.Metadata.Uid, secret.Metadata.Name);

    /// <summary>Every kind that is served, by metadata, for loops of this process.</summary>
    /// <param name="agent">What the loops are called (<see cref="InProcessApiClient.Of"/>).</param>
    public InProcessMetadataClient MetadataOf(string agent) => new(_core, _core.Client.Of(agent));

    /// <summary>What is doubtful about the expressions of a policy, by the schemas of the kinds that its rules name.</summary>
    public IReadOnlyList<V1ExpressionWarning> CheckTypes(V1ValidatingAdmissionPolicy policy) => PolicyTypeCheck.Check(policy, _core.Table);

    /// <summary>Ends, with the reason, when the server cannot go on by itself.</summary>
    public Task Completion => _following;

    /// <summary>Starts a server and returns when it answers.</summary>
    /// <param name="options">Checked first.</param>
    /// <param name="parts">The store and what else is given from outside.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="ArgumentException">The options have faults; the message names them.</exception>
    /// <exception cref="EncryptionException">Stored values cannot be decrypted, or the configuration of their keys is wrong.</exception>
    /// <exception cref="IOException">The address is taken, or the data directory cannot be used.</exception>
    public static async Task<ApiServer> StartAsync(ApiServerOptions options, ApiServerParts parts, CancellationToken cancellation = default)
    {
        var faults = options.Check().ToList();
        if (faults.Count > 0)
        {
            throw new ArgumentException(string.Join("; ", faults.Select(f => $"{f.Option} {f.Fault}")), nameof(options));
        }

        var log = parts.Logs.CreateLogger("api");
        var encryption = EncryptionAtRest.Open(options.Encryption, options.DataDirectory, options.NodeName, parts);
        // Keys that are elsewhere are to be there before the first value is read. Whether they are needed shows then.
        _ = await encryption.CheckAsync(cancellation).ConfigureAwait(false);
        parts = parts with { Store = encryption.Store };
        var advertised = AdvertisedAddress.Of(options);
        var pkiOptions = Pkis(options, advertised);
        var pki = ClusterPki.Open(pkiOptions, parts.Clock, parts.Logs.CreateLogger("pki"));
        // Reading the store and making certificates take the longest, so they run side by side.
        var serving = Task.Run(() => Serving(pki, pkiOptions), cancellation);
        var core = await LoadAsync(options, parts, pki, encryption, serving, cancellation).ConfigureAwait(false);
        var stopping = new CancellationTokenSource();
        var ended = new CancellationTokenSource();
        var following = TogetherAsync(
            ended,
            FollowAsync(core, log, stopping, ended.Token),
            LookAfterAsync(
                new ApiServiceLoop(
                    core.Registry, core.Table, core.Writer, core.Client, core.Aggregated, parts.Clock, parts.Logs.CreateLogger("aggregation")).RunAsync,
                log, stopping, ended.Token),
            LookAfterAsync(encryption.RunAsync, log, stopping, ended.Token),
            LookAfterAsync(core.Authorizers.RunAsync, log, stopping, ended.Token),
            LookAfterAsync(core.Identities.RunAsync, log, stopping, ended.Token),
            LookAfterAsync(
                new FlowSchemaLoop(core.Flows, core.Registry, core.Table, core.Writer, parts.Clock, parts.Logs.CreateLogger("flows")).RunAsync, log, stopping, ended.Token),
            LookAfterAsync(core.Flows.RunAsync, log, stopping, ended.Token));
        try
        {
            // Nobody is to meet a cluster without its roles; only where the port is not known yet, the objects that name it have to wait for it.
            var early = options.Listen.Port == 0 ? null : Bootstrap(core, options, advertised, options.Listen.Port, pki, parts);
            var bootstrap = early is null ? null : Task.Run(() => early.RunAsync(cancellation), cancellation);
            var stop = new StopSignal(stopping);
            var requests = Requests(core, parts, encryption);
            var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var pipeline = Pipeline(core, parts, options, encryption, stop, requests, log, started.Task);
            var web = Web(options, parts, await serving.ConfigureAwait(false), pipeline);
            if (bootstrap is not null)
            {
                await bootstrap.ConfigureAwait(false);
                started.SetResult();
            }

            await web.StartAsync(cancellation).ConfigureAwait(false);
            var address = AddressOf(web, options);
            var objects = early ?? Bootstrap(core, options, advertised, address.Port, pki, parts);
            await (bootstrap ?? objects.RunAsync(cancellation)).ConfigureAwait(false);
            started.TrySetResult();
            following = Task.WhenAll(following, KeepAsync(objects, parts.Clock, ended.Token));
            Kubeconfig.Write(options.KubeconfigPath, Kubeconfig.Text(address, pki.Authority.CertificatePem, pki.Leaf(LeafProfile.Admin)));
            HttpLog.Listening(log, address);
            return new ApiServer(core, pki, web, stop, requests, stopping, ended, following, address, encryption);
        }
        catch
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            core.Dispose();
            pki.Dispose();
            encryption.Dispose();
            stopping.Dispose();
            ended.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Stops: <c>/readyz</c> fails; after <see cref="RequestLimits.StopDelay"/> watches end and new requests are sent away with 429; when those
    /// that had begun are answered, or their grace is over, the listener closes.
    /// </summary>
    /// <param name="cancellation">Closes at once.</param>
    public async Task StopAsync(CancellationToken cancellation = default)
    {
        _stop.Announce();
        var (options, clock) = (_core.Options, _core.Clock);
        if (options.Limits.StopDelay > TimeSpan.Zero && !_stop.Begun.IsCancellationRequested)
        {
            await Task.Delay(options.Limits.StopDelay, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _stop.BeginAsync().ConfigureAwait(false);
        await _requests.DrainedAsync().WaitAsync(options.StopGrace, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _web.StopAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _web.DisposeAsync().ConfigureAwait(false);
        await _ended.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_core.Auditor is { } auditor)
        {
            await auditor.DisposeAsync().ConfigureAwait(false);
        }

        _core.Dispose();
        Pki.Dispose();
        _encryption.Dispose();
        _stopping.Dispose();
        _ended.Dispose();
    }

    private static async Task<ServerCore> LoadAsync(
        ApiServerOptions options, ApiServerParts parts, ClusterPki pki, EncryptionAtRest encryption, Task serving, CancellationToken cancellation)
    {
        try
        {
            return await ServerCore.LoadAsync(options, parts, pki, cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Nothing goes on writing into the data directory of a server that did not start.
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pki.Dispose();
            using var unused = encryption;
            if (e is EncryptionException or JsonException or InvalidDataException && await encryption.ExplainAsync(e, cancellation).ConfigureAwait(false) is { } explained)
            {
                throw explained;
            }

            throw;
        }
    }

    private static Bootstrapper Bootstrap(ServerCore core, ApiServerOptions options, IPAddress advertised, int port, ClusterPki pki, ApiServerParts parts)
    {
        var wanted = new BootstrapOptions
        {
            AdvertiseAddress = advertised,
            AdvertisePort = port,
            ServiceAddress = options.Ranges.ApiAddress,
            Started = parts.Clock.GetUtcNow(),
            ClientAuthorities = pki.Authority.CertificatePem,
            MoreClientAuthorities = options.Authentication.ClientCaFile is { Length: > 0 } file ? "\n" + File.ReadAllText(file) : "",
            ProxyAuthorities = pki.ProxyAuthority.CertificatePem,
            // It becomes a label.
            Host = options.NodeName.Length <= 63 ? options.NodeName : "",
            Run = parts.Ids.NewId().ToString("D"),
        };
        return new Bootstrapper(core.Registry, core.Client, wanted, parts.Logs.CreateLogger("bootstrap"));
    }

    // Looks into memory, so looking often costs nothing; the one write is the server's own sign of life.
    private static async Task KeepAsync(Bootstrapper objects, TimeProvider clock, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(10), clock, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ended.IsCancellationRequested)
            {
                await objects.KeepAsync(clock.GetUtcNow(), ended).ConfigureAwait(false);
            }
        }
    }

    private static PkiOptions Pkis(ApiServerOptions options, IPAddress advertised) => new()
    {
        Directory = Path.Combine(options.DataDirectory, "pki"),
        NodeName = options.NodeName,
        Names = options.Names,
        Addresses = [.. options.Addresses, .. options.Addresses.Contains(advertised) ? [] : new[] { advertised }, .. IsAny(options.Listen.Address) ? [] : new[] { options.Listen.Address }],
        ServiceAddress = options.Ranges.ApiAddress,
        ClusterDomain = options.ClusterDomain,
    };

    private static RenewingCertificate Serving(ClusterPki pki, PkiOptions options)
    {
        var certificate = pki.Renewing(LeafProfile.ApiServer(options));
        // Made now, not in the first handshake.
        _ = certificate.Current;
        return certificate;
    }

    private static async Task DefinitionsAsync(ServerCore core, ILogger log, CancellationToken ended)
    {
        try
        {
            await new DefinitionLoop(core.Registry, core.Client, core.Clock, log).RunAsync(ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The server was told to stop.
        }
#pragma warning disable CA1031 // what breaks here breaks definitions, not the server
        catch (Exception e)
#pragma warning restore CA1031
        {
            DefinitionLog.Ended(log, e);
        }
    }

    private static async Task FollowAsync(ServerCore core, ILogger log, CancellationTokenSource stopping, CancellationToken ended)
    {
        var definitions = DefinitionsAsync(core, log, ended);
        try
        {
            await core.Registry.FollowAsync(ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The server was told to stop.
        }
        catch (Exception e)
        {
            HttpLog.FollowingFailed(log, e);
            await stopping.CancelAsync().ConfigureAwait(false);
            throw;
        }

        await definitions.ConfigureAwait(false);
    }

    // One without the others is no server: when any ends, so do the others, and the reason is told.
    private static async Task TogetherAsync(CancellationTokenSource ended, params Task[] loops)
    {
        await Task.WhenAny(loops).ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(false);
    }

    private static async Task LookAfterAsync(Func<CancellationToken, Task> loop, ILogger log, CancellationTokenSource stopping, CancellationToken ended)
    {
        try
        {
            await loop(ended).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The server was told to stop.
        }
        catch (Exception e)
        {
            HttpLog.LoopEnded(log, e);
            await stopping.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static RequestMetrics Requests(ServerCore core, ApiServerParts parts, EncryptionAtRest encryption) => new(text =>
    {
        FlowMetrics.Append(text, core.Flows);
        core.AdmissionFigures.Append(text);
        core.WatchFigures.Append(text);
        core.Identities.Append(text);
        core.Authorizers.Append(text);
        core.Aggregated.Figures.Append(text, core.Registry);
        ServerFigures.Append(text, core.Registry, parts.Store);
        core.Auditor?.Figures.Append(text);
        encryption.Append(text);
    });

    private static HttpPipeline Pipeline(
        ServerCore core, ApiServerParts parts, ApiServerOptions options, EncryptionAtRest encryption, StopSignal stop, RequestMetrics metrics, ILogger log, Task started)
    {
        var discovery = new DiscoveryDocuments(core.Table, options.Listen.ToString(), core.Aggregated);
        var paths = new PlainPaths(
            discovery, new HealthChecks(parts.Store, () => stop.IsAnnounced, () => started.IsCompleted, encryption.IsOn ? encryption : null), metrics, options.Tokens,
            core.Identities.SigningKeys, AdvertisedAddress.Of(options),
            [new OpenApiPaths(core.Table, core.Aggregated, parts.Clock), new FlowDumps(core.Flows), .. parts.Paths]);
        var tables = new Tables.TableMaker(parts.Clock, core.Table);
        var send = new PatientFlush(options.Limits.RequestTimeout, parts.Clock);
        var budget = new ByteBudget(options.Limits.MaxListBytes, options.Limits.RequestTimeout / 4, parts.Clock);
        var writer = new AnswerWriter(new WatchWriter(core.Registry.Clock, parts.Clock, send, tables, core.WatchFigures), tables, send, budget);
        return new HttpPipeline(
            new HttpParts
            {
                Authenticator = core.Identities.Authenticator,
                Authorizer = core.Authorizer,
                Dispatcher = core.Dispatcher,
                Aggregated = core.Aggregated,
                Paths = paths,
                Writer = writer,
                Metrics = metrics,
                Identities = core.Identities.Figures,
                Auditor = core.Auditor,
                Ids = new Audit.RequestIds(core.Ids),
                Flows = core.Flows,
                Deadlines = new RequestDeadlines(options.Limits.RequestTimeout, parts.Clock),
                HasTables = true,
            },
            options.MaxBodyBytes, log, parts.Clock, stop.Begun);
    }

    private static WebApplication Web(ApiServerOptions options, ApiServerParts parts, RenewingCertificate certificate, HttpPipeline pipeline)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = options.DataDirectory });
        builder.Services.AddSingleton(parts.Logs);
        builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, EmbeddedLifetime>();
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = options.StopGrace);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Warnings repeat what came in.
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
            // Bodies are limited where the refusal can be worded; watches have long silences.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            // Selectors make long paths, impersonation makes many headers; all together stay within what clients of Kubernetes may send.
            kestrel.Limits.MaxRequestHeadersTotalSize = 1 << 20;
            kestrel.Limits.MaxRequestHeaderCount = 1000;
            kestrel.Limits.MaxRequestLineSize = 1 << 20;
            kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 1 << 20;
            foreach (var endpoint in options.AlsoListen.Prepend(options.Listen))
            {
                kestrel.Listen(endpoint, listen => Secure(listen, certificate));
            }
        });
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endpoint => Bind(endpoint, early: options.AlsoListen.Contains(endpoint)));
        var web = builder.Build();
        web.UseWebSockets();
        web.Run(pipeline.HandleAsync);
        return web;
    }

    private static void Secure(ListenOptions listen, RenewingCertificate certificate)
    {
        listen.Protocols = HttpProtocols.Http1AndHttp2;
        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificateSelector = (_, _) => certificate.Current,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            // Whether a certificate counts, authentication decides, and tells the client.
            ClientCertificateValidation = static (_, _, _) => true,
        });
    }

    /// <param name="endpoint">Where.</param>
    /// <param name="early">Whether the machine may not have the address yet.</param>
    private static Socket Bind(EndPoint endpoint, bool early)
    {
        if (!early || endpoint is not IPEndPoint { AddressFamily: AddressFamily.InterNetwork })
        {
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        }

        // IP_FREEBIND of ip(7)
        var free = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.SetRawSocketOption(0, 15, BitConverter.GetBytes(1));
        free.Bind(endpoint);
        return free;
    }

    private static Uri AddressOf(WebApplication web, ApiServerOptions options)
    {
        var bound = new Uri(web.Urls.First());
        var host = IsAny(options.Listen.Address) ? "127.0.0.1" : options.Listen.Address.ToString();
        return new UriBuilder(Uri.UriSchemeHttps, host, bound.Port).Uri;
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
