'use client';

import { useEffect } from 'react';
import { explainPhoto } from '../explain-photo.js';

export default function Page() {
  useEffect(() => void explainPhoto(), []);
  return <h1>gradlens</h1>;
}
