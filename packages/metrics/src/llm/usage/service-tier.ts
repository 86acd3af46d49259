import { type Loose, loose } from './loose.ts';

/** How providers name the tier with the listed price; Google has types of traffic. */
const STANDARD =
  /^(default|standard|auto|on_?demand|global|not_available|unspecified|.*_unspecified)?$/;

/** Returns the tier in a usage object, whose names are in lower case: undefined for the standard one. */
export function tierOfUsage(usage: Loose): string | undefined {
  const { servicetier, traffictype, speed, inferencegeo } = usage;
  // Claude has a fast mode and regions beside its tiers.
  const tiers = [servicetier ?? traffictype, speed, inferencegeo].map(tierOf);
  return tiers.filter((tier) => tier !== undefined).join('+') || undefined;
}

/** Returns the tier that a response, or a chunk of one, states; SDKs keep it in several places. */
export function statedTier(response: unknown): unknown {
  const top = loose(response);
  const { response: within, response_metadata, providerData, payload, data } = top;
  // The agents of OpenAI wrap the events of the model.
  const { event } = loose(data);
  if (event !== undefined) return statedTier(event);
  const ofProvider = [top, payload, loose(payload)['metadata']].flatMap((one) =>
    Object.values(loose(loose(one)['providerMetadata'])),
  );
  return [top, within, loose(within)['body'], response_metadata, providerData, ...ofProvider]
    .map((one) => loose(one)['service_tier'] ?? loose(one)['serviceTier'])
    .find((tier) => typeof tier === 'string' || 'type' in loose(tier));
}

/** Returns the name of a tier: undefined for the standard one, and for a batch, which has its own rate. */
export function tierOf(stated: unknown): string | undefined {
  // Bedrock
  const tier = typeof stated === 'object' ? loose(stated)['type'] : stated;
  if (typeof tier !== 'string') return undefined;
  const name = tier.toLowerCase();
  return name === 'batch' || STANDARD.test(name) ? undefined : name.replace(/^on_demand_/, '');
}
