using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gantry.Server.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Gantry.Server.Tests.Aggregation;

/// <summary>A server of another API behind TLS, and the pod network that leads to it.</summary>
internal sealed class AggregatedBackend : INodeProxy, IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly X509Certificate2 _certificate;

    private AggregatedBackend(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
        _certificate = request.CreateSelfSigned(from, from.AddYears(50));
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    /// <summary>PEM of what to trust.</summary>
    public string Authority => _certificate.ExportCertificatePem();

    public ConcurrentQueue<string> Heads { get; } = [];

    public List<string?> Clients { get; } = [];

    public static AggregatedBackend Listen(string name) => new(name);

    public Task ForwardAsync(HttpContext context, NodeRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public async ValueTask<Stream> ConnectAsync(string address, int port, CancellationToken cancellation)
    {
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)_listener.LocalEndpoint, cancellation);
        return client.GetStream();
    }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _certificate.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
#pragma warning disable CA5359, MA0039 // whoever comes is looked at by the test
        await using var stream = new SslStream(client.GetStream(), false, static (_, _, _, _) => true);
#pragma warning restore CA5359, MA0039
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate, ClientCertificateRequired = true });
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
        {
            head.Append((char)one[0]);
        }

        Clients.Add(stream.RemoteCertificate?.Subject);
        Heads.Enqueue(head.ToString());
        const string Body = """{"kind":"APIResourceList","groupVersion":"metrics.example.com/v1","resources":[{"name":"pods","kind":"PodMetrics","namespaced":true,"verbs":["get","list"]}]}""";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"));
    }
}
