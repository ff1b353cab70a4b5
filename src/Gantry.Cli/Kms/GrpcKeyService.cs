using System.Net.Sockets;
using Gantry.Cli.Kms.Messages;
using Gantry.Node.Grpc;
using Gantry.Server.Encryption.Kms;
using Google.Protobuf;

namespace Gantry.Cli.Kms;

/// <summary>A plugin that keeps keys, over gRPC on its unix socket.</summary>
public sealed class GrpcKeyService : IKeyService
{
    private const string Service = "/v2.KeyManagementService/";

    private static readonly GrpcMethod<StatusRequest, StatusResponse> Status = new(Service + "Status");
    private static readonly GrpcMethod<EncryptRequest, EncryptResponse> Encrypt = new(Service + "Encrypt");
    private static readonly GrpcMethod<DecryptRequest, DecryptResponse> Decrypt = new(Service + "Decrypt");

    private readonly string _socket;
    private readonly IGrpcChannel _channel;
    private readonly GrpcCallOptions _options;

    private GrpcKeyService(string socket, IGrpcChannel channel, TimeSpan timeout)
    {
        _socket = socket;
        _channel = channel;
        _options = new GrpcCallOptions { Timeout = timeout };
    }

    /// <summary>How servers get at plugins.</summary>
    /// <param name="clock">Time for deadlines.</param>
    public static Func<string, TimeSpan, IKeyService> Over(TimeProvider clock) => (socket, timeout) =>
        // Linux' sockets without a file begin with a zero.
        new GrpcKeyService(socket, new UnixGrpcChannel(socket.StartsWith('@') ? '\0' + socket[1..] : socket, clock), timeout);

    public async ValueTask<KeyServiceStatus> StatusAsync(CancellationToken cancellation)
    {
        var answer = await AskAsync(Status, new StatusRequest(), cancellation).ConfigureAwait(false);
        return new KeyServiceStatus(answer.Version, answer.Healthz, answer.KeyId);
    }

    public async ValueTask<WrappedKey> EncryptAsync(string uid, ReadOnlyMemory<byte> plain, CancellationToken cancellation)
    {
        var answer = await AskAsync(Encrypt, new EncryptRequest { Uid = uid, Plaintext = ByteString.CopyFrom(plain.Span) }, cancellation).ConfigureAwait(false);
        return new WrappedKey(answer.KeyId, answer.Ciphertext.ToByteArray(), answer.Annotations.ToDictionary(a => a.Key, a => a.Value.ToByteArray(), StringComparer.Ordinal));
    }

    public async ValueTask<byte[]> DecryptAsync(string uid, WrappedKey key, CancellationToken cancellation)
    {
        var question = new DecryptRequest { Uid = uid, KeyId = key.KeyId, Ciphertext = ByteString.CopyFrom(key.Ciphertext.Span) };
        foreach (var (name, value) in key.Annotations)
        {
            question.Annotations[name] = ByteString.CopyFrom(value);
        }

        return (await AskAsync(Decrypt, question, cancellation).ConfigureAwait(false)).Plaintext.ToByteArray();
    }

    public void Dispose() => _channel.Dispose();

    private async Task<TAnswer> AskAsync<TQuestion, TAnswer>(GrpcMethod<TQuestion, TAnswer> method, TQuestion question, CancellationToken cancellation)
        where TQuestion : class, IMessage<TQuestion>
        where TAnswer : class, IMessage<TAnswer>, new()
    {
        try
        {
            return await _channel.UnaryAsync(method, question, _options, cancellation).ConfigureAwait(false);
        }
        catch (GrpcException e)
        {
            throw Told(e.Code, e.Code == GrpcStatusCode.DeadlineExceeded ? "context deadline exceeded" : NoWay(e) ?? e.Message, e);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw Told(GrpcStatusCode.Internal, "grpc: failed to unmarshal the received message: " + e.Message, e);
        }
    }

    private static KeyServiceException Told(GrpcStatusCode code, string what, Exception inner) => new(code.ToString(), $"rpc error: code = {code} desc = {what}", inner);

    // What was dialled is what whoever looks for the fault wants to know.
    private string? NoWay(GrpcException e)
    {
        if (e.InnerException is not HttpRequestException { InnerException: SocketException socket })
        {
            return null;
        }

        var why = socket.SocketErrorCode switch
        {
            SocketError.AddressNotAvailable => "no such file or directory",
            SocketError.ConnectionRefused => "connection refused",
            SocketError.AccessDenied => "permission denied",
            _ => socket.Message,
        };
        return $"connection error: desc = \"transport: Error while dialing: dial unix {_socket}: connect: {why}\"";
    }
}
