using System.Globalization;
using Gantry.Api.Models;

namespace Gantry.Server.Validation;

/// <summary>Priority levels of requests (<c>flowcontrol.apiserver.k8s.io</c>).</summary>
public static class PriorityLevelRules
{
    private const string Exempt = "exempt";
    private const int MostQueues = 10_000_000;

    // A request's queues are dealt to it by a hash of this size.
    private const int HashBits = 60;

    /// <summary>A level, or its status. The levels without which a server cannot be ruled stay as they are.</summary>
    public static void PriorityLevel(FieldErrors errors, V1PriorityLevelConfiguration level, string subresource)
    {
        var types = level.Status.Conditions.Select(c => c.Type);
        if (subresource == "status")
        {
            FlowSchemaRules.ConditionTypes(errors, types);
            return;
        }

        var (spec, at, name) = (level.Spec, FieldPath.Root("spec"), level.Metadata.Name);
        if (name == Exempt != (spec.Type == "Exempt"))
        {
            errors.Invalid(at.Child("type"), spec.Type, "type must be 'Exempt' if and only if name is 'exempt'");
        }

        switch (spec.Type)
        {
            case "Exempt":
                if (spec.Limited is not null)
                {
                    errors.Forbidden(at.Child("limited"), "must be nil if the type is not Limited");
                }

                Shares(errors, spec.Exempt?.NominalConcurrencyShares, spec.Exempt?.LendablePercent, at.Child("exempt"));
                break;
            case "Limited":
                Limited(errors, spec, at);
                break;
            default:
                errors.OneOf(at.Child("type"), spec.Type, "Exempt", "Limited");
                break;
        }

        Fixed(errors, spec, name, at);
        FlowSchemaRules.ConditionTypes(errors, types);
    }

    private static void Fixed(FieldErrors errors, V1PriorityLevelConfigurationSpec spec, string name, FieldPath at)
    {
        if (MandatoryFlows.Level(name) is not { } wanted)
        {
            return;
        }

        // How much of the server the exempt share lends is for administrators to say.
        var compared = name == Exempt ? spec with { Exempt = wanted.Exempt } : spec;
        if (!compared.Equals(wanted))
        {
            errors.InvalidDump(at, GoDump.Of(spec), name == Exempt
                ? $"spec of '{name}' except the 'spec.exempt' field must equal the fixed value"
                : $"spec of '{name}' must equal the fixed value");
        }
    }

    private static void Limited(FieldErrors errors, V1PriorityLevelConfigurationSpec spec, FieldPath at)
    {
        if (spec.Exempt is not null)
        {
            errors.Forbidden(at.Child("exempt"), "must be nil if the type is Limited");
        }

        if (spec.Limited is not { } limited)
        {
            errors.Required(at.Child("limited"), "must not be empty when type is Limited");
            return;
        }

        var path = at.Child("limited");
        Shares(errors, limited.NominalConcurrencyShares, limited.LendablePercent, path);
        Response(errors, limited.LimitResponse, path.Child("limitResponse"));
        if (limited.BorrowingLimitPercent < 0)
        {
            errors.Invalid(path.Child("borrowingLimitPercent"), limited.BorrowingLimitPercent, "if specified, must be a non-negative integer");
        }
    }

    private static void Shares(FieldErrors errors, int? nominal, int? lendable, FieldPath at)
    {
        if (nominal < 0)
        {
            errors.Invalid(at.Child("nominalConcurrencyShares"), nominal, "must be a non-negative integer");
        }

        if (lendable is < 0 or > 100)
        {
            errors.Invalid(at.Child("lendablePercent"), lendable, Rules.Between(0, 100));
        }
    }

    private static void Response(FieldErrors errors, V1LimitResponse response, FieldPath at)
    {
        switch (response.Type)
        {
            case "Reject":
                if (response.Queuing is not null)
                {
                    errors.Forbidden(at.Child("queuing"), "must be nil if limited.limitResponse.type is not Limited");
                }

                break;
            case "Queue" when response.Queuing is null:
                errors.Required(at.Child("queuing"), "must not be empty if limited.limitResponse.type is Limited");
                break;
            case "Queue":
                Queuing(errors, response.Queuing!, at.Child("queuing"));
                break;
            default:
                errors.OneOf(at.Child("type"), response.Type, "Queue", "Reject");
                break;
        }
    }

    private static void Queuing(FieldErrors errors, V1QueuingConfiguration queuing, FieldPath at)
    {
        if (queuing.QueueLengthLimit <= 0)
        {
            errors.Invalid(at.Child("queueLengthLimit"), queuing.QueueLengthLimit, "must be positive");
        }

        if (queuing.Queues <= 0)
        {
            errors.Invalid(at.Child("queues"), queuing.Queues, "must be positive");
        }
        else if (queuing.Queues > MostQueues)
        {
            errors.Invalid(at.Child("queues"), queuing.Queues, "must not be greater than 10000000");
        }

        var (hand, path) = (queuing.HandSize, at.Child("handSize"));
        if (hand <= 0)
        {
            errors.Invalid(path, hand, "must be positive");
        }
        else if (hand > queuing.Queues)
        {
            errors.Invalid(path, hand, string.Create(CultureInfo.InvariantCulture, $"should not be greater than queues ({queuing.Queues})"));
        }
        else if (EntropyBits(queuing.Queues, hand) > HashBits)
        {
            errors.Invalid(path, hand, string.Create(CultureInfo.InvariantCulture, $"required entropy bits of deckSize {queuing.Queues} and handSize {hand} should not be greater than {HashBits}"));
        }
    }

    // How many bits of a hash it takes at most to deal a hand of different queues.
    private static int EntropyBits(int deck, int hand) => (int)Math.Ceiling(Math.Log2(deck) * hand);
}
