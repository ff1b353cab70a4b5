using Gantry.Api;
using Gantry.Api.Cel;
using Gantry.Api.Models;
using Gantry.Api.Trees;
using Gantry.Server.Admission.Matching;
using Gantry.Server.Pipeline;

namespace Gantry.Server.Admission.Policies;

/// <summary>A request as expressions see it: made when first used, and then shared by all of a policy.</summary>
internal sealed class PolicyFacts : ICelBindings
{
    private readonly AdmissionRequest _request;
    private readonly Invocation _shown;
    private readonly ReviewedObject _value;
    private readonly V1Namespace? _namespace;
    private readonly ICelAuthorizer _authorizer;
    private readonly Dictionary<string, CelValue> _known = new(StringComparer.Ordinal);

    public PolicyFacts(AdmissionRequest request, Invocation shown, ReviewedObject value, V1Namespace? ns, ICelAuthorizer authorizer)
    {
        _request = request;
        _shown = shown;
        _value = value;
        _namespace = ns;
        _authorizer = authorizer;
    }

    public bool TryFind(string name, out CelValue value)
    {
        if (_known.TryGetValue(name, out value))
        {
            return true;
        }

        switch (name)
        {
            case "object":
                value = Of(_value.In(_shown.Kind));
                break;
            case "oldObject":
                value = Of(_value.OldIn(_shown.Kind));
                break;
            case "request":
                value = CelValue.Of(RequestDescription.Of(_request, _shown), PolicyTypes.Request);
                break;
            case "namespaceObject":
                value = _namespace is null ? CelValue.Null : CelValue.Of(Shown(_namespace), PolicyTypes.Namespace);
                break;
            case "authorizer":
                value = CelAuthorizer.Of(_authorizer);
                break;
            case "authorizer.requestResource":
                value = CelAuthorizer.OfResource(_authorizer, new CelAuthorizationQuestion
                {
                    Group = _request.Type.Group, Resource = _request.Type.Plural, Subresource = _request.Subresource,
                    Namespace = RequestDescription.NamespaceOf(_request), Name = _request.Name,
                });
                break;
            default:
                return false;
        }

        _known[name] = value;
        return true;
    }

    private static CelValue Of(TreeMap? value) => value is null ? CelValue.Null : CelValue.Of(value);

    // What a namespace says of itself; who wrote it is nobody's business.
    private static TreeMap Shown(V1Namespace ns)
    {
        var metadata = ns.Metadata with { ManagedFields = [], OwnerReferences = [], SelfLink = "" };
        var shown = (TreeMap)TreeJson.Parse(ApiJson.Encode(ns with { Metadata = metadata }));
        if (shown.Map("metadata") is { } map && map["uid"] is { } uid)
        {
            map["UID"] = uid;
        }

        return shown;
    }
}
