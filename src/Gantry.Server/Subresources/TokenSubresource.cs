using Gantry.Api;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Admission;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Writing;

namespace Gantry.Server.Subresources;

/// <summary><c>serviceaccounts/token</c>: issues a token of an account.</summary>
internal sealed class TokenSubresource(TokenIssuer issuer, AdmissionChain admission, NodeRestriction nodes) : ISubresource
{
    public string Group => "";

    public string Plural => "serviceaccounts";

    public string Name => "token";

    public async ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (ObjectChecks.Options(call.Options, "CreateOptions") is { } refused)
        {
            return refused;
        }

        var (value, refusal) = BodyDecoder.Decode(call, SubresourceKinds.TokenRequest);
        if (value is null)
        {
            return refusal!;
        }

        if (ObjectChecks.Namespace(value, call.Info.Namespace) is { } elsewhere)
        {
            return elsewhere;
        }

        var scope = WriteScope.Of(call, resource);
        if (await admission.ValidateAsync(scope.Admission(AdmissionOperation.Create, null, scope.Name), null, cancellation).ConfigureAwait(false) is { } unwanted)
        {
            return unwanted;
        }

        var request = ApiJson.Decode<AuthenticationV1TokenRequest>(TreeJson.Write(value));
        if (nodes.TokenRefusal(call.User, scope.Namespace, scope.Name, request) is { } foreign)
        {
            return foreign;
        }

        var (issued, problem) = await issuer.IssueAsync(scope.Namespace, scope.Name, request, cancellation).ConfigureAwait(false);
        if (issued is null)
        {
            return problem!;
        }

        if (scope.DryRun)
        {
            // A token is a token, whatever it was asked for.
            issued = issued with { Status = new V1TokenRequestStatus() };
        }

        return new ApiAnswer.Item(201, SubresourceKinds.TokenRequest, SubresourceKinds.Encode(SubresourceKinds.TokenRequest, issued));
    }
}
