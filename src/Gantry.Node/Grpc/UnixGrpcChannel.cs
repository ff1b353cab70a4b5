using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Gantry.Node.Grpc;

/// <summary>gRPC over HTTP/2 on a unix socket, by HttpClient's own handler. One connection serves all calls.</summary>
public sealed class UnixGrpcChannel : IGrpcChannel
{
    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _clock;

    /// <param name="socketPath">The absolute path of the socket; it need not exist yet, each connect tries anew.</param>
    /// <param name="clock">Time for deadlines.</param>
    public UnixGrpcChannel(string socketPath, TimeProvider clock) : this(ct => ConnectAsync(socketPath, ct), clock)
    {
    }

    private UnixGrpcChannel(Func<CancellationToken, ValueTask<Stream>> connect, TimeProvider clock)
    {
        _clock = clock;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = (_, ct) => connect(ct),
            EnableMultipleHttp2Connections = true,
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
        });
    }

    /// <summary>The same over TCP, without encryption.</summary>
    public static IGrpcChannel Tcp(string host, int port, TimeProvider clock) => new UnixGrpcChannel(ct => ConnectAsync(host, port, ct), clock);

    public async Task<TResponse> UnaryAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, GrpcCallOptions options, CancellationToken ct)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
    {
        TResponse? answer = null;
        await foreach (var response in StreamAsync(method, OneAsync(request), options, ct))
        {
            answer = response;
        }

        return answer ?? throw new GrpcException(GrpcStatusCode.Internal, $"{method.Path} ended well but without an answer");
    }

    public async IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method,
        IAsyncEnumerable<TRequest> requests,
        GrpcCallOptions options,
        [EnumeratorCancellation] CancellationToken ct)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var limit = options.Timeout is { } timeout ? new CancellationTokenSource(timeout, _clock) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        using var message = Request(method.Path, new GrpcRequestContent<TRequest>(requests), options);
        using var response = await GuardAsync(() => _http.SendAsync(message, either.Token), method.Path, limit.Token, ct);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new GrpcException(GrpcStatusCode.Unavailable, $"HTTP status {(int)response.StatusCode} from {method.Path}");
        }

        Check(GrpcTrailers.Read(response.Headers));
        await using var body = await GuardAsync(() => response.Content.ReadAsStreamAsync(either.Token), method.Path, limit.Token, ct);
        var parser = new MessageParser<TResponse>(() => new TResponse());
        while (await GuardAsync(() => GrpcFrame.ReadAsync(body, either.Token).AsTask(), method.Path, limit.Token, ct) is { } bytes)
        {
            yield return parser.ParseFrom(bytes);
        }

        Check(GrpcTrailers.Read(response.TrailingHeaders) ?? (GrpcStatusCode.Unknown, $"{method.Path} ended without a status"));
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static HttpRequestMessage Request(string path, HttpContent content, GrpcCallOptions options)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, "http://localhost" + path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        message.Headers.TryAddWithoutValidation("te", "trailers");
        if (options.Timeout is { } timeout)
        {
            message.Headers.TryAddWithoutValidation("grpc-timeout", GrpcTrailers.Timeout(timeout));
        }

        foreach (var (name, value) in options.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    private static void Check((GrpcStatusCode Code, string Message)? outcome)
    {
        if (outcome is { } end && end.Code != GrpcStatusCode.Ok)
        {
            throw new GrpcException(end.Code, end.Message);
        }
    }

    private static async Task<T> GuardAsync<T>(Func<Task<T>> step, string path, CancellationToken limit, CancellationToken caller)
    {
        try
        {
            return await step();
        }
        catch (OperationCanceledException) when (caller.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException inner) when (limit.IsCancellationRequested)
        {
            throw new GrpcException(GrpcStatusCode.DeadlineExceeded, $"{path} did not answer in time", inner);
        }
        catch (Exception inner) when (inner is HttpRequestException or IOException or SocketException)
        {
            throw new GrpcException(GrpcStatusCode.Unavailable, $"{path}: {inner.Message}", inner);
        }
    }

    private static async IAsyncEnumerable<T> OneAsync<T>(T item)
    {
        await Task.CompletedTask;
        yield return item;
    }
}
