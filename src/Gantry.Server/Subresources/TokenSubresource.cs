using Gantry.Api;
using Gantry.Api.Apply;
using Gantry.Api.Defaults;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Authentication.Tokens;
using Gantry.Server.Handling;
using Gantry.Server.Pipeline;
using Gantry.Server.Writing;

namespace Gantry.Server.Subresources;

/// <summary><c>serviceaccounts/token</c>: issues a token of an account.</summary>
internal sealed class TokenSubresource(TokenIssuer issuer, AdmissionChain admission, TimeProvider clock) : ISubresource
{
    private static readonly ManagedType Managed = ManagedType.Of(SubresourceKinds.TokenRequest);

    public string Group => "";

    public string Plural => "serviceaccounts";

    public string Name => "token";

    public async ValueTask<ApiAnswer> HandleAsync(ApiCall call, ServedResource resource, CancellationToken cancellation)
    {
        if (ObjectChecks.Creation(call) is { } misused)
        {
            return misused;
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

        var schema = SubresourceKinds.TokenRequest.Schema;
        value = FieldTracking.Passing(call, Managed, Canonical.Of(schema, Defaulter.Apply(schema, value)), clock.GetUtcNow());
        var scope = WriteScope.Of(call, resource);
        var shown = scope.Admission(AdmissionOperation.Create, null, scope.Name) with { Kind = SubresourceKinds.TokenRequest };
        if (await admission.MutateAsync(shown, value, cancellation).ConfigureAwait(false) is { } unwelcome)
        {
            return unwelcome;
        }

        var (prepared, refused) = await issuer.PrepareAsync(
            call.Info.Namespace, call.Info.Name, ApiJson.Decode<AuthenticationV1TokenRequest>(TreeJson.Write(value)), cancellation).ConfigureAwait(false);
        if (prepared is null)
        {
            return refused!;
        }

        var wanted = CustomResources.CustomObject.Read(SubresourceKinds.Encode(SubresourceKinds.TokenRequest, prepared));
        if (await admission.ValidateAsync(shown, wanted, cancellation).ConfigureAwait(false) is { } unwanted)
        {
            return unwanted;
        }

        var (grant, problem) = await issuer.IssueAsync(scope.Namespace, scope.Name, prepared, cancellation).ConfigureAwait(false);
        if (grant is null)
        {
            return problem!;
        }

        if (grant.Warning is { } warning)
        {
            call.Warn(warning);
        }

        _ = call.Audit?.Annotate("authentication.kubernetes.io/issued-credential-id", "JTI=" + grant.Id);
        return new ApiAnswer.Item(201, SubresourceKinds.TokenRequest, SubresourceKinds.Encode(SubresourceKinds.TokenRequest, grant.Request));
    }
}
